"""What the database itself refuses: a list changed once frozen, a number announced twice."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sortition_is_drawn_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.drawn_at IS NOT NULL
       OR (OLD.register_id, OLD.title, OLD.content, OLD.digest, OLD.prepared_at, OLD.source)
          IS DISTINCT FROM
          (NEW.register_id, NEW.title, NEW.content, NEW.digest, NEW.prepared_at, NEW.source) THEN
        RAISE EXCEPTION 'sortition: a frozen list and a draw never change'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sortition_is_drawn_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sortition_is_drawn_once BEFORE UPDATE OR DELETE ON sortition_sortition
    FOR EACH ROW EXECUTE FUNCTION sortition_is_drawn_once();

CREATE FUNCTION sortition_declining_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'sortition: who declined and who came instead never change'
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'sortition_declining_is_kept';
END $$;

CREATE TRIGGER sortition_declining_is_kept BEFORE UPDATE OR DELETE ON sortition_declining
    FOR EACH ROW EXECUTE FUNCTION sortition_declining_is_kept();
"""

NO_GUARDS = """
DROP TRIGGER sortition_declining_is_kept ON sortition_declining;
DROP FUNCTION sortition_declining_is_kept();
DROP TRIGGER sortition_is_drawn_once ON sortition_sortition;
DROP FUNCTION sortition_is_drawn_once();
"""


class Migration(migrations.Migration):
    dependencies = [("sortition", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
