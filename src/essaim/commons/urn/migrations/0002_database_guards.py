"""What the database itself refuses: a roll that changes once the vote is open, a lost ballot."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION urn_roll_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.has_voted AND NOT NEW.has_voted
           OR (OLD.poll_id, OLD.number, OLD.college) IS DISTINCT FROM
              (NEW.poll_id, NEW.number, NEW.college) THEN
            RAISE EXCEPTION 'urn: a line of the roll is only ever ticked'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'urn_roll_is_fixed';
        END IF;
        RETURN NEW;
    END IF;
    IF (SELECT state FROM urn_poll
         WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.poll_id ELSE OLD.poll_id END) <> 'preparing'
    THEN
        RAISE EXCEPTION 'urn: the roll does not change once the vote has started'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'urn_roll_is_fixed';
    END IF;
    RETURN CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END;
END $$;

CREATE TRIGGER urn_roll_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON urn_rollentry
    FOR EACH ROW EXECUTE FUNCTION urn_roll_is_fixed();

CREATE FUNCTION urn_slot_stays_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_used AND NOT NEW.is_used OR (OLD.poll_id, OLD.college, OLD.id)
       IS DISTINCT FROM (NEW.poll_id, NEW.college, NEW.id) THEN
        RAISE EXCEPTION 'urn: a ballot is replaced, never taken out'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'urn_slot_stays_used';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER urn_slot_stays_used BEFORE UPDATE ON urn_urnslot
    FOR EACH ROW EXECUTE FUNCTION urn_slot_stays_used();

CREATE FUNCTION urn_published_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'urn: a published ballot never changes'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'urn_published_for_good';
END $$;

CREATE TRIGGER urn_published_for_good BEFORE UPDATE OR DELETE ON urn_publishedballot
    FOR EACH ROW EXECUTE FUNCTION urn_published_for_good();

ALTER TABLE urn_urnslot SET (fillfactor = 60);
ALTER TABLE urn_rollentry SET (fillfactor = 60);
"""

NO_GUARDS = """
ALTER TABLE urn_rollentry RESET (fillfactor);
ALTER TABLE urn_urnslot RESET (fillfactor);
DROP TRIGGER urn_published_for_good ON urn_publishedballot;
DROP FUNCTION urn_published_for_good();
DROP TRIGGER urn_slot_stays_used ON urn_urnslot;
DROP FUNCTION urn_slot_stays_used();
DROP TRIGGER urn_roll_is_fixed ON urn_rollentry;
DROP FUNCTION urn_roll_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("urn", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
