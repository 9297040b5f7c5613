"""Shares are checked at commit when they change too, not only when the total does."""

from django.db import migrations

GUARD = """
CREATE FUNCTION agreements_share_in_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    agreement bigint := coalesce(NEW.agreement_id, OLD.agreement_id);
    wanted bigint;
    found bigint;
BEGIN
    SELECT total_cents, (SELECT coalesce(sum(amount_cents), 0) FROM agreements_share
                          WHERE agreement_id = agreement)
      INTO wanted, found FROM agreements_agreement WHERE id = agreement;
    IF wanted <> found THEN
        RAISE EXCEPTION 'agreements: shares of agreement % sum to %, not %', agreement, found, wanted
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'agreements_share_in_sum';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER agreements_share_in_sum
    AFTER INSERT OR UPDATE OR DELETE ON agreements_share
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agreements_share_in_sum();
"""

NO_GUARD = """
DROP TRIGGER agreements_share_in_sum ON agreements_share;
DROP FUNCTION agreements_share_in_sum();
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0002_numbers_and_shares")]
    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
