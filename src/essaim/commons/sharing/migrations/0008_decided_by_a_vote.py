"""What the database itself refuses: a surplus shared without its vote, a correction of a part."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sharing_shared_by_a_vote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.adopted_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM sharing_variantmotion AS put
          JOIN assembly_motion AS motion ON motion.item_id = put.motion_id
          JOIN assembly_agendaitem AS item ON item.id = motion.item_id
          JOIN assembly_minutes AS minutes ON minutes.assembly_id = item.assembly_id
         WHERE put.id = NEW.carried_by_id AND put.variant_id = NEW.id AND motion.is_adopted
    ) THEN
        RAISE EXCEPTION 'sharing: nothing is shared without the vote of an assembly'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_shared_by_a_vote';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_shared_by_a_vote BEFORE INSERT OR UPDATE ON sharing_variant
    FOR EACH ROW EXECUTE FUNCTION sharing_shared_by_a_vote();

CREATE TRIGGER sharing_motion_is_append_only BEFORE UPDATE OR DELETE ON sharing_variantmotion
    FOR EACH ROW EXECUTE FUNCTION sharing_is_append_only();

CREATE FUNCTION sharing_correction_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.corrects_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM sharing_yearline AS line
         WHERE line.id = NEW.corrects_id AND line.corrects_id IS NULL
           AND (line.year_id, line.kind, line.cents) = (NEW.year_id, NEW.kind, -NEW.cents)
    ) THEN
        RAISE EXCEPTION 'sharing: a correction takes back a whole line, once'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_correction_is_whole';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER sharing_correction_is_whole BEFORE INSERT ON sharing_yearline
    FOR EACH ROW EXECUTE FUNCTION sharing_correction_is_whole();
"""

NO_GUARDS = """
DROP TRIGGER sharing_correction_is_whole ON sharing_yearline;
DROP TRIGGER sharing_motion_is_append_only ON sharing_variantmotion;
DROP TRIGGER sharing_shared_by_a_vote ON sharing_variant;
DROP FUNCTION sharing_correction_is_whole();
DROP FUNCTION sharing_shared_by_a_vote();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0007_put_to_the_vote")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
