"""What the database itself refuses: a closed year that changes, a line that is rewritten."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sharing_year_is_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL OR TG_OP = 'DELETE'
       OR (NEW.register_id, NEW.civil_year) IS DISTINCT FROM (OLD.register_id, OLD.civil_year) THEN
        RAISE EXCEPTION 'sharing: a year is closed once, then never changes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_year_is_closed_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_year_is_closed_once BEFORE UPDATE OR DELETE ON sharing_year
    FOR EACH ROW EXECUTE FUNCTION sharing_year_is_closed_once();

CREATE FUNCTION sharing_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'sharing: % rows are never changed; add one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'sharing_is_append_only';
END $$;

CREATE TRIGGER sharing_line_is_append_only BEFORE UPDATE OR DELETE ON sharing_yearline
    FOR EACH ROW EXECUTE FUNCTION sharing_is_append_only();

CREATE FUNCTION sharing_line_of_an_open_year() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    civil integer;
    closed timestamptz;
BEGIN
    -- Whoever closes the year holds its row: this waits, then reads what was decided.
    SELECT civil_year, closed_at INTO civil, closed FROM sharing_year
     WHERE id = NEW.year_id FOR SHARE;
    IF closed IS NOT NULL OR civil <> extract(year FROM NEW.line_date) THEN
        RAISE EXCEPTION 'sharing: a line belongs to an open year, on a day of it'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_line_of_an_open_year';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_line_of_an_open_year BEFORE INSERT ON sharing_yearline
    FOR EACH ROW EXECUTE FUNCTION sharing_line_of_an_open_year();
"""

NO_GUARDS = """
DROP TRIGGER sharing_line_of_an_open_year ON sharing_yearline;
DROP TRIGGER sharing_line_is_append_only ON sharing_yearline;
DROP TRIGGER sharing_year_is_closed_once ON sharing_year;
DROP FUNCTION sharing_line_of_an_open_year();
DROP FUNCTION sharing_is_append_only();
DROP FUNCTION sharing_year_is_closed_once();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
