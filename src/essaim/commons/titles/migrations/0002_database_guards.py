"""What the database itself refuses: a register rewritten, a gap in its numbers, a stray year."""

from django.db import migrations

TABLES = ("title", "titleend", "interestyear", "interest")

FUNCTIONS = """
CREATE FUNCTION titles_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'titles: % rows are never changed; add one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'titles_are_append_only';
END $$;

CREATE FUNCTION titles_have_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One title of a register at a time: the last number cannot change before commit.
    PERFORM FROM cooperative_register WHERE organisation_id = NEW.register_id FOR UPDATE;
    IF NEW.number <> 1 + (SELECT coalesce(max(number), 0) FROM titles_title
                           WHERE register_id = NEW.register_id) THEN
        RAISE EXCEPTION 'titles: title % does not follow', NEW.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'titles_have_no_gap';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER titles_have_no_gap BEFORE INSERT ON titles_title
    FOR EACH ROW EXECUTE FUNCTION titles_have_no_gap();

CREATE FUNCTION titles_interest_of_its_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM titles_interestyear AS year
                     JOIN titles_title AS title ON title.register_id = year.register_id
                    WHERE year.id = NEW.year_id AND year.civil_year = NEW.civil_year
                      AND title.id = NEW.title_id) THEN
        RAISE EXCEPTION 'titles: interest of another year or register'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'titles_interest_of_its_year';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER titles_interest_of_its_year BEFORE INSERT ON titles_interest
    FOR EACH ROW EXECUTE FUNCTION titles_interest_of_its_year();
"""

GUARDS = FUNCTIONS + "\n".join(
    f"CREATE TRIGGER titles_are_append_only BEFORE UPDATE OR DELETE ON titles_{table}"
    " FOR EACH ROW EXECUTE FUNCTION titles_are_append_only();"
    for table in TABLES
)

NO_GUARDS = "\n".join(
    f"DROP TRIGGER titles_are_append_only ON titles_{table};" for table in TABLES
) + """
DROP TRIGGER titles_interest_of_its_year ON titles_interest;
DROP TRIGGER titles_have_no_gap ON titles_title;
DROP FUNCTION titles_interest_of_its_year();
DROP FUNCTION titles_have_no_gap();
DROP FUNCTION titles_are_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("titles", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
