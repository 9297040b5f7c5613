"""What the database itself refuses: a changed document, a number that jumps or goes back."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION documents_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'documents: % rows are never changed; issue a credit note', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'documents_is_frozen';
END $$;

CREATE TRIGGER documents_document_is_frozen BEFORE UPDATE OR DELETE ON documents_document
    FOR EACH ROW EXECUTE FUNCTION documents_is_frozen();
CREATE TRIGGER documents_file_is_frozen BEFORE UPDATE OR DELETE ON documents_documentfile
    FOR EACH ROW EXECUTE FUNCTION documents_is_frozen();

CREATE FUNCTION documents_numbers_go_up_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.next_number <> OLD.next_number + 1
       OR (NEW.seller_id, NEW.kind, NEW.year) IS DISTINCT FROM (OLD.seller_id, OLD.kind, OLD.year)
       OR NOT EXISTS (SELECT FROM documents_document
                       WHERE series_id = OLD.id AND sequence = OLD.next_number) THEN
        RAISE EXCEPTION 'documents: number % of series % is missing', OLD.next_number, OLD.id
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'documents_numbers_go_up_by_one';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER documents_numbers_go_up_by_one BEFORE UPDATE ON documents_documentseries
    FOR EACH ROW EXECUTE FUNCTION documents_numbers_go_up_by_one();
"""

NO_GUARDS = """
DROP TRIGGER documents_numbers_go_up_by_one ON documents_documentseries;
DROP FUNCTION documents_numbers_go_up_by_one();
DROP TRIGGER documents_file_is_frozen ON documents_documentfile;
DROP TRIGGER documents_document_is_frozen ON documents_document;
DROP FUNCTION documents_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
