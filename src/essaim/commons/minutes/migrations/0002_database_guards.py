"""What the database itself refuses: another digest, a change, a removal, a gap in the numbers."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION minutes_signature_is_of_these_minutes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.digest IS DISTINCT FROM
       (SELECT digest FROM assembly_minutes WHERE assembly_id = NEW.minutes_id) THEN
        RAISE EXCEPTION 'minutes: a signature is of the digest of its minutes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'minutes_signature_is_of_these_minutes';
    END IF;
    IF NEW.scan_id IS NOT NULL AND NEW.minutes_id IS DISTINCT FROM
       (SELECT minutes_id FROM minutes_scan WHERE id = NEW.scan_id) THEN
        RAISE EXCEPTION 'minutes: this scan is of other minutes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'minutes_signature_is_of_these_minutes';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER minutes_signature_is_of_these_minutes BEFORE INSERT ON minutes_signature
    FOR EACH ROW EXECUTE FUNCTION minutes_signature_is_of_these_minutes();

CREATE FUNCTION minutes_signatures_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'minutes: a signature and its scan are never changed nor removed'
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'minutes_signatures_are_kept';
END $$;

CREATE TRIGGER minutes_signatures_are_kept BEFORE UPDATE OR DELETE ON minutes_signature
    FOR EACH ROW EXECUTE FUNCTION minutes_signatures_are_kept();
CREATE TRIGGER minutes_scans_are_kept BEFORE UPDATE OR DELETE ON minutes_scan
    FOR EACH ROW EXECUTE FUNCTION minutes_signatures_are_kept();

CREATE FUNCTION minutes_follow_one_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number IS DISTINCT FROM
       (SELECT coalesce(max(number), 0) + 1 FROM assembly_minutes
         WHERE register_id = NEW.register_id) THEN
        RAISE EXCEPTION 'minutes: the next number of this register is another'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'minutes_follow_one_another';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER minutes_follow_one_another BEFORE INSERT ON assembly_minutes
    FOR EACH ROW EXECUTE FUNCTION minutes_follow_one_another();
"""

NO_GUARDS = """
DROP TRIGGER minutes_follow_one_another ON assembly_minutes;
DROP FUNCTION minutes_follow_one_another();
DROP TRIGGER minutes_scans_are_kept ON minutes_scan;
DROP TRIGGER minutes_signatures_are_kept ON minutes_signature;
DROP FUNCTION minutes_signatures_are_kept();
DROP TRIGGER minutes_signature_is_of_these_minutes ON minutes_signature;
DROP FUNCTION minutes_signature_is_of_these_minutes();
"""


class Migration(migrations.Migration):
    dependencies = [("minutes", "0001_initial"), ("assembly", "0003_elections")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
