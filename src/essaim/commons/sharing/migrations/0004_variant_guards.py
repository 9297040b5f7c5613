"""What the database itself refuses: a proposal rewritten, an allotment that does not add up."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sharing_variant_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.adopted_at IS NOT NULL
       OR (NEW.year_id, NEW.title, NEW.assembly_date, NEW.wish, NEW.computation, NEW.people_cents)
          IS DISTINCT FROM
          (OLD.year_id, OLD.title, OLD.assembly_date, OLD.wish, OLD.computation, OLD.people_cents)
    THEN
        RAISE EXCEPTION 'sharing: a proposal is adopted once, and never changes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_variant_is_kept';
    END IF;
    IF NEW.adopted_at IS NOT NULL AND NEW.people_cents <>
       (SELECT coalesce(sum(cents), 0) FROM sharing_allotment WHERE variant_id = NEW.id) THEN
        RAISE EXCEPTION 'sharing: what people are owed does not add up'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_allotments_add_up';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_variant_is_kept BEFORE UPDATE OR DELETE ON sharing_variant
    FOR EACH ROW EXECUTE FUNCTION sharing_variant_is_kept();

CREATE TRIGGER sharing_allotment_is_append_only BEFORE UPDATE OR DELETE ON sharing_allotment
    FOR EACH ROW EXECUTE FUNCTION sharing_is_append_only();

CREATE FUNCTION sharing_allotment_before_adoption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM sharing_variant JOIN added ON added.variant_id = sharing_variant.id
                WHERE adopted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'sharing: nothing is added to what was adopted'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_allotment_before_adoption';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER sharing_allotment_before_adoption AFTER INSERT ON sharing_allotment
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION sharing_allotment_before_adoption();
"""

NO_GUARDS = """
DROP TRIGGER sharing_allotment_before_adoption ON sharing_allotment;
DROP TRIGGER sharing_allotment_is_append_only ON sharing_allotment;
DROP TRIGGER sharing_variant_is_kept ON sharing_variant;
DROP FUNCTION sharing_allotment_before_adoption();
DROP FUNCTION sharing_variant_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0003_variants")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
