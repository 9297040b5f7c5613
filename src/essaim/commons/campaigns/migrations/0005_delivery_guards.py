"""What the database itself refuses: a delivery noted twice, undone in silence, or owed by nobody."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION campaigns_delivery_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'campaigns: a line of a delivery is never changed; add one'
        USING ERRCODE = 'integrity_constraint_violation',
              CONSTRAINT = 'campaigns_delivery_is_append_only';
END $$;

CREATE TRIGGER campaigns_delivery_is_append_only BEFORE UPDATE OR DELETE ON campaigns_deliveryline
    FOR EACH ROW EXECUTE FUNCTION campaigns_delivery_is_append_only();

CREATE FUNCTION campaigns_delivery_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_step text;
BEGIN
    -- One line of a delivery at a time: what is read below cannot change before commit.
    PERFORM FROM campaigns_contribution WHERE id = NEW.contribution_id FOR UPDATE;
    SELECT step INTO last_step FROM campaigns_deliveryline
     WHERE contribution_id = NEW.contribution_id AND step <> 'ready'
     ORDER BY position DESC LIMIT 1;
    IF last_step IN ('refunded', 'reversed')
       OR (NEW.step = 'taken-back') <> (coalesce(last_step, '') = 'handed-over')
       OR NOT EXISTS (SELECT FROM campaigns_contribution AS given
                        JOIN campaigns_campaign AS campaign ON campaign.id = given.campaign_id
                       WHERE given.id = NEW.contribution_id AND given.kind = 'pre-purchase'
                         AND given.state = 'paid' AND campaign.state = 'succeeded') THEN
        RAISE EXCEPTION 'campaigns: % does not follow %', NEW.step, last_step
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'campaigns_delivery_follows';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaigns_delivery_follows BEFORE INSERT ON campaigns_deliveryline
    FOR EACH ROW EXECUTE FUNCTION campaigns_delivery_follows();
"""

NO_GUARDS = """
DROP TRIGGER campaigns_delivery_follows ON campaigns_deliveryline;
DROP TRIGGER campaigns_delivery_is_append_only ON campaigns_deliveryline;
DROP FUNCTION campaigns_delivery_follows();
DROP FUNCTION campaigns_delivery_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_deliveries")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
