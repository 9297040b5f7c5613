"""What the database itself refuses: a contribution rewritten, a campaign or a pool reopened."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION campaigns_contribution_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.campaign_id, NEW.member_id, NEW.kind, NEW.amount_cents, NEW.agreement_id)
          IS DISTINCT FROM
          (OLD.campaign_id, OLD.member_id, OLD.kind, OLD.amount_cents, OLD.agreement_id)
       OR OLD.state IN ('returned', 'withdrawn')
    THEN
        RAISE EXCEPTION 'campaigns: a contribution is paid or given back, never rewritten'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'campaigns_contribution_is_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaigns_contribution_is_kept BEFORE UPDATE OR DELETE ON campaigns_contribution
    FOR EACH ROW EXECUTE FUNCTION campaigns_contribution_is_kept();

CREATE FUNCTION campaigns_closed_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('succeeded', 'failed')
       OR (OLD.state = 'open' AND (NEW.goal_cents, NEW.closes_at, NEW.is_all_or_nothing,
                                   NEW.pool_id, NEW.carrier_id)
           IS DISTINCT FROM (OLD.goal_cents, OLD.closes_at, OLD.is_all_or_nothing,
                             OLD.pool_id, OLD.carrier_id))
    THEN
        RAISE EXCEPTION 'campaigns: what people contributed to no longer changes'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'campaigns_closed_once';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaigns_closed_once BEFORE UPDATE OR DELETE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_closed_once();

CREATE FUNCTION campaigns_pool_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.settled_at IS NOT NULL
       OR (NEW.rule, NEW.person_cap_cents, NEW.campaign_cap_cents, NEW.bound_cents, NEW.salt)
          IS DISTINCT FROM
          (OLD.rule, OLD.person_cap_cents, OLD.campaign_cap_cents, OLD.bound_cents, OLD.salt)
    THEN
        RAISE EXCEPTION 'campaigns: the rule of a pool is said before, and it is paid once'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'campaigns_pool_is_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER campaigns_pool_is_kept BEFORE UPDATE OR DELETE ON campaigns_matchingpool
    FOR EACH ROW EXECUTE FUNCTION campaigns_pool_is_kept();
"""

NO_GUARDS = """
DROP TRIGGER campaigns_pool_is_kept ON campaigns_matchingpool;
DROP TRIGGER campaigns_closed_once ON campaigns_campaign;
DROP TRIGGER campaigns_contribution_is_kept ON campaigns_contribution;
DROP FUNCTION campaigns_pool_is_kept();
DROP FUNCTION campaigns_closed_once();
DROP FUNCTION campaigns_contribution_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
