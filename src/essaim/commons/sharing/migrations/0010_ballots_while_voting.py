"""What the database itself refuses: a ballot before the vote of a quarter, or after it."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION sharing_ballot_while_voting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ballot bigint = CASE TG_OP WHEN 'DELETE' THEN OLD.ballot_id ELSE NEW.ballot_id END;
BEGIN
    IF TG_OP = 'UPDATE' OR NOT EXISTS (
        SELECT FROM sharing_fundballot AS paper JOIN sharing_quarter AS quarter
               ON quarter.id = paper.quarter_id
         WHERE paper.id = ballot AND quarter.voting_at IS NOT NULL AND quarter.paid_at IS NULL
           AND (TG_OP = 'DELETE' OR quarter.id =
                (SELECT quarter_id FROM sharing_project WHERE id = NEW.project_id))
    ) THEN
        RAISE EXCEPTION 'sharing: a ballot is written while its quarter votes, on its projects'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'sharing_ballot_while_voting';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER sharing_ballot_while_voting
    BEFORE INSERT OR UPDATE OR DELETE ON sharing_fundsupport
    FOR EACH ROW EXECUTE FUNCTION sharing_ballot_while_voting();
"""

NO_GUARDS = """
DROP TRIGGER sharing_ballot_while_voting ON sharing_fundsupport;
DROP FUNCTION sharing_ballot_while_voting();
"""


class Migration(migrations.Migration):
    dependencies = [("sharing", "0009_fund_ballots")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
