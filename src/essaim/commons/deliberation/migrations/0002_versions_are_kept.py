"""What the database itself refuses: a version of a proposal that is rewritten or removed."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION deliberation_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'deliberation: % rows are never changed; add one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'deliberation_is_append_only';
END $$;

CREATE TRIGGER deliberation_version_is_append_only BEFORE UPDATE OR DELETE
    ON deliberation_version
    FOR EACH ROW EXECUTE FUNCTION deliberation_is_append_only();
CREATE TRIGGER deliberation_rule_is_append_only BEFORE UPDATE OR DELETE
    ON deliberation_rulewanted
    FOR EACH ROW EXECUTE FUNCTION deliberation_is_append_only();
"""

NO_GUARDS = """
DROP TRIGGER deliberation_rule_is_append_only ON deliberation_rulewanted;
DROP TRIGGER deliberation_version_is_append_only ON deliberation_version;
DROP FUNCTION deliberation_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
