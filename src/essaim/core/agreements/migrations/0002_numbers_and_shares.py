"""The sequence of spoken references, and the database's own check that shares sum to the total."""

from django.db import migrations

GUARDS = """
CREATE SEQUENCE agreements_number;

CREATE FUNCTION agreements_shares_sum() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted bigint;
    found bigint;
BEGIN
    SELECT total_cents INTO wanted FROM agreements_agreement WHERE id = NEW.id;
    SELECT coalesce(sum(amount_cents), 0) INTO found
      FROM agreements_share WHERE agreement_id = NEW.id;
    IF wanted IS NOT NULL AND wanted <> found THEN
        RAISE EXCEPTION 'agreements: shares of agreement % sum to %, not %', NEW.id, found, wanted
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'agreements_shares_sum';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER agreements_shares_sum
    AFTER INSERT OR UPDATE OF total_cents ON agreements_agreement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION agreements_shares_sum();
"""

NO_GUARDS = """
DROP TRIGGER agreements_shares_sum ON agreements_agreement;
DROP FUNCTION agreements_shares_sum();
DROP SEQUENCE agreements_number;
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
