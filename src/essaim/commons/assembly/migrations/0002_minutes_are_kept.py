"""What the database itself refuses: minutes that change."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION assembly_minutes_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'assembly: minutes are never rewritten'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'assembly_minutes_are_kept';
END $$;

CREATE TRIGGER assembly_minutes_are_kept BEFORE UPDATE OR DELETE ON assembly_minutes
    FOR EACH ROW EXECUTE FUNCTION assembly_minutes_are_kept();
"""

NO_GUARDS = """
DROP TRIGGER assembly_minutes_are_kept ON assembly_minutes;
DROP FUNCTION assembly_minutes_are_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
