"""What the database itself refuses: unbalanced transfers, mixed units, rewritten history."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION ledger_transfer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(amount) FROM ledger_entry WHERE transfer_id = NEW.transfer_id) <> 0 THEN
        RAISE EXCEPTION 'ledger: transfer % does not sum to zero', NEW.transfer_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_transfer_balances';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transfer_balances AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transfer_balances();

CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % rows are never changed; post a reversal', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ledger_is_append_only';
END $$;

CREATE TRIGGER ledger_transfer_is_append_only BEFORE UPDATE OR DELETE ON ledger_transfer
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();
CREATE TRIGGER ledger_entry_is_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only();

ALTER TABLE ledger_entry
    ADD CONSTRAINT ledger_entry_account_unit FOREIGN KEY (account_id, unit_id)
        REFERENCES ledger_account (id, unit_id),
    ADD CONSTRAINT ledger_entry_transfer_unit FOREIGN KEY (transfer_id, unit_id)
        REFERENCES ledger_transfer (id, unit_id);
"""

NO_GUARDS = """
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_account_unit;
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_transfer_unit;
DROP TRIGGER ledger_transfer_balances ON ledger_entry;
DROP TRIGGER ledger_entry_is_append_only ON ledger_entry;
DROP TRIGGER ledger_transfer_is_append_only ON ledger_transfer;
DROP FUNCTION ledger_transfer_balances();
DROP FUNCTION ledger_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
