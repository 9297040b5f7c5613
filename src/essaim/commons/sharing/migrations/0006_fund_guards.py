"""What the database itself refuses: a paid quarter that changes or does not add up."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sharing_quarter_is_paid_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.paid_at IS NOT NULL THEN
        RAISE EXCEPTION 'sharing: a quarter is paid once, then never changes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_quarter_is_paid_once';
    END IF;
    IF NEW.paid_cents <> (SELECT coalesce(sum(granted_cents), 0) FROM sharing_project
                           WHERE quarter_id = NEW.id) THEN
        RAISE EXCEPTION 'sharing: what projects are granted is not what was paid'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_grants_add_up';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_quarter_is_paid_once BEFORE UPDATE OR DELETE ON sharing_quarter
    FOR EACH ROW EXECUTE FUNCTION sharing_quarter_is_paid_once();

CREATE FUNCTION sharing_project_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid timestamptz;
BEGIN
    SELECT paid_at INTO paid FROM sharing_quarter
     WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.quarter_id ELSE NEW.quarter_id END FOR SHARE;
    IF paid IS NOT NULL OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sharing: projects of a paid quarter never change'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_project_is_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_project_is_kept BEFORE INSERT OR UPDATE OR DELETE ON sharing_project
    FOR EACH ROW EXECUTE FUNCTION sharing_project_is_kept();
"""

NO_GUARDS = """
DROP TRIGGER sharing_project_is_kept ON sharing_project;
DROP TRIGGER sharing_quarter_is_paid_once ON sharing_quarter;
DROP FUNCTION sharing_project_is_kept();
DROP FUNCTION sharing_quarter_is_paid_once();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0005_commons_fund")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
