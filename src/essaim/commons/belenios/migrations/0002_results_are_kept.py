"""What the database itself refuses: a result of Belenios that changes once it was recorded."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION belenios_results_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'belenios: a recorded result never changes'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'belenios_results_are_kept';
END $$;

CREATE TRIGGER belenios_results_are_kept BEFORE UPDATE OR DELETE ON belenios_collegeresult
    FOR EACH ROW EXECUTE FUNCTION belenios_results_are_kept();
"""

NO_GUARDS = """
DROP TRIGGER belenios_results_are_kept ON belenios_collegeresult;
DROP FUNCTION belenios_results_are_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("belenios", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
