"""What the database itself refuses: a message that vanishes, a reason that is rewritten."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION deliberation_comment_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE'
       AND (NEW.proposal_id, NEW.version_number, NEW.paragraph, NEW.parent_id, NEW.associate_id,
            NEW.written_at, NEW.written_by_id)
           IS DISTINCT FROM
           (OLD.proposal_id, OLD.version_number, OLD.paragraph, OLD.parent_id, OLD.associate_id,
            OLD.written_at, OLD.written_by_id)) THEN
        RAISE EXCEPTION 'deliberation: a message is kept: its words change, or it is masked'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'deliberation_comment_is_kept';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.parent_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM deliberation_comment
         WHERE id = NEW.parent_id AND parent_id IS NULL AND proposal_id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'deliberation: an answer stands under a message of the same proposal'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'deliberation_one_level_of_answers';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER deliberation_comment_is_kept BEFORE INSERT OR UPDATE OR DELETE
    ON deliberation_comment
    FOR EACH ROW EXECUTE FUNCTION deliberation_comment_is_kept();
CREATE TRIGGER deliberation_formertext_is_append_only BEFORE UPDATE OR DELETE
    ON deliberation_formertext
    FOR EACH ROW EXECUTE FUNCTION deliberation_is_append_only();
CREATE TRIGGER deliberation_moderation_is_append_only BEFORE UPDATE OR DELETE
    ON deliberation_moderation
    FOR EACH ROW EXECUTE FUNCTION deliberation_is_append_only();
"""

NO_GUARDS = """
DROP TRIGGER deliberation_moderation_is_append_only ON deliberation_moderation;
DROP TRIGGER deliberation_formertext_is_append_only ON deliberation_formertext;
DROP TRIGGER deliberation_comment_is_kept ON deliberation_comment;
DROP FUNCTION deliberation_comment_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0003_debate")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
