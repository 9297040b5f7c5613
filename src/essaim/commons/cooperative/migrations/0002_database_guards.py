"""What the database itself refuses: rewritten history, a gap, shares that nobody holds."""

from django.db import migrations

APPEND_ONLY = ("statutesversion", "noticeconsent", "sharemovement", "certificate", "certificatefile")

GUARDS = """
CREATE FUNCTION cooperative_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'cooperative: % rows are never changed; add one', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'cooperative_is_append_only';
END $$;

CREATE FUNCTION cooperative_shares_held(who bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT sum(shares) FROM cooperative_sharemovement WHERE to_associate_id = who), 0)
         - coalesce((SELECT sum(shares) FROM cooperative_sharemovement WHERE from_associate_id = who), 0)
$$;

CREATE FUNCTION cooperative_movement_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_number bigint;
    last_moved_at timestamptz;
BEGIN
    -- One movement of a register at a time: what is read below cannot change before commit.
    PERFORM FROM cooperative_register WHERE organisation_id = NEW.register_id FOR UPDATE;
    SELECT number, moved_at INTO last_number, last_moved_at FROM cooperative_sharemovement
     WHERE register_id = NEW.register_id ORDER BY number DESC LIMIT 1;
    IF NEW.number <> coalesce(last_number, 0) + 1 THEN
        RAISE EXCEPTION 'cooperative: movement % does not follow %', NEW.number, last_number
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_movements_have_no_gap';
    END IF;
    IF NEW.moved_at < last_moved_at THEN
        RAISE EXCEPTION 'cooperative: movement % is before the one it follows', NEW.number
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_movements_never_go_back';
    END IF;
    IF EXISTS (SELECT FROM cooperative_associate
                WHERE id IN (NEW.from_associate_id, NEW.to_associate_id)
                  AND (register_id <> NEW.register_id OR left_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'cooperative: movement % is not between its associates', NEW.number
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_moves_among_its_associates';
    END IF;
    IF NEW.from_associate_id IS NOT NULL
       AND cooperative_shares_held(NEW.from_associate_id) < NEW.shares THEN
        RAISE EXCEPTION 'cooperative: movement % takes what is not held', NEW.number
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_shares_are_held';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cooperative_movement_follows BEFORE INSERT ON cooperative_sharemovement
    FOR EACH ROW EXECUTE FUNCTION cooperative_movement_follows();

CREATE FUNCTION cooperative_associate_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    refused text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM FROM cooperative_register WHERE organisation_id = NEW.register_id FOR UPDATE;
        IF NEW.number <= (SELECT max(number) FROM cooperative_associate
                           WHERE register_id = NEW.register_id) THEN
            refused := 'cooperative_numbers_are_never_reused';
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        refused := 'cooperative_numbers_are_never_reused';
    ELSIF (NEW.register_id, NEW.number, NEW.member_id, NEW.organisation_id, NEW.admitted_at)
          IS DISTINCT FROM
          (OLD.register_id, OLD.number, OLD.member_id, OLD.organisation_id, OLD.admitted_at) THEN
        refused := 'cooperative_associate_stays_the_same';
    ELSIF OLD.left_at IS NOT NULL AND NEW.left_at IS DISTINCT FROM OLD.left_at THEN
        refused := 'cooperative_whoever_left_has_left';
    ELSIF NEW.left_at IS NOT NULL AND cooperative_shares_held(NEW.id) > 0 THEN
        refused := 'cooperative_whoever_leaves_holds_nothing';
    END IF;
    IF refused IS NULL AND TG_OP <> 'DELETE'
       AND (NOT EXISTS (SELECT FROM cooperative_category
                         WHERE id = NEW.category_id AND register_id = NEW.register_id)
            OR NEW.college_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM cooperative_college
                                WHERE id = NEW.college_id AND register_id = NEW.register_id)) THEN
        refused := 'cooperative_category_of_the_register';
    END IF;
    IF refused IS NOT NULL THEN
        RAISE EXCEPTION 'cooperative: associate refused by %', refused
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = refused;
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cooperative_associate_is_kept BEFORE INSERT OR UPDATE OR DELETE
    ON cooperative_associate FOR EACH ROW EXECUTE FUNCTION cooperative_associate_is_kept();

CREATE FUNCTION cooperative_instalments_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint;
BEGIN
    IF TG_TABLE_NAME = 'cooperative_exit' THEN which := NEW.id; ELSE which := NEW.exit_id; END IF;
    IF (SELECT refund_cents FROM cooperative_exit WHERE id = which)
       <> (SELECT coalesce(sum(amount_cents), 0) FROM cooperative_instalment WHERE exit_id = which)
    THEN
        RAISE EXCEPTION 'cooperative: the instalments of exit % do not add up', which
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_instalments_add_up';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER cooperative_instalments_add_up AFTER INSERT OR UPDATE
    ON cooperative_instalment DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cooperative_instalments_add_up();
CREATE CONSTRAINT TRIGGER cooperative_refund_is_cut AFTER INSERT OR UPDATE
    ON cooperative_exit DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION cooperative_instalments_add_up();

CREATE FUNCTION cooperative_instalment_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.paid_at IS NOT NULL
       OR (NEW.exit_id, NEW.position, NEW.due_date, NEW.amount_cents)
          IS DISTINCT FROM (OLD.exit_id, OLD.position, OLD.due_date, OLD.amount_cents) THEN
        RAISE EXCEPTION 'cooperative: an instalment is only paid, once'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'cooperative_instalment_is_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cooperative_instalment_is_kept BEFORE UPDATE OR DELETE ON cooperative_instalment
    FOR EACH ROW EXECUTE FUNCTION cooperative_instalment_is_kept();
"""
GUARDS += "".join(
    f"CREATE TRIGGER cooperative_{table}_is_append_only BEFORE UPDATE OR DELETE ON"
    f" cooperative_{table} FOR EACH ROW EXECUTE FUNCTION cooperative_is_append_only();\n"
    for table in APPEND_ONLY
)

NO_GUARDS = "".join(
    f"DROP TRIGGER cooperative_{table}_is_append_only ON cooperative_{table};\n"
    for table in APPEND_ONLY
)
NO_GUARDS += """
DROP TRIGGER cooperative_instalment_is_kept ON cooperative_instalment;
DROP TRIGGER cooperative_refund_is_cut ON cooperative_exit;
DROP TRIGGER cooperative_instalments_add_up ON cooperative_instalment;
DROP TRIGGER cooperative_associate_is_kept ON cooperative_associate;
DROP TRIGGER cooperative_movement_follows ON cooperative_sharemovement;
DROP FUNCTION cooperative_instalment_is_kept();
DROP FUNCTION cooperative_instalments_add_up();
DROP FUNCTION cooperative_associate_is_kept();
DROP FUNCTION cooperative_movement_follows();
DROP FUNCTION cooperative_shares_held(bigint);
DROP FUNCTION cooperative_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("cooperative", "0001_initial")]
    operations = [migrations.RunSQL(GUARDS, NO_GUARDS)]
