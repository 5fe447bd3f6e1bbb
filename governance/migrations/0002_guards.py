"""What keeps ballots, outcomes and frozen rows as they are, whoever writes."""

from django.db import migrations

from alliance.register.guards import append_only

FROZEN = """
-- An opened item stays as it was opened; a closed or cancelled one does not come back.
CREATE FUNCTION governance_decision_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'cancelled') AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'decision % is settled', OLD.item USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'open' AND (
        to_jsonb(NEW) - '{state,closed_at,cancelled_at,cancelled_by_id,cancel_reason}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{state,closed_at,cancelled_at,cancelled_by_id,cancel_reason}'::text[]
    ) THEN
        RAISE EXCEPTION 'decision % is frozen', OLD.item USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'draft' THEN
        RAISE EXCEPTION 'decision % was opened', OLD.item USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_decision_stays BEFORE UPDATE ON governance_decision
    FOR EACH ROW EXECUTE FUNCTION governance_decision_stays();
CREATE TRIGGER governance_decision_no_delete BEFORE DELETE ON governance_decision
    FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();

-- Amounts go with an item until it opens, and not after.
CREATE FUNCTION governance_amount_before_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM governance_decision WHERE id = NEW.decision_id) IS DISTINCT FROM 'draft' THEN
        RAISE EXCEPTION 'the amounts of an opened item are frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_amount_before_opening BEFORE INSERT ON governance_decisionamount
    FOR EACH ROW EXECUTE FUNCTION governance_amount_before_opening();

-- A ballot is of an open decision, by a holder frozen with the seat who is not recused. The row is locked, so a
-- close that runs at the same time comes wholly before or wholly after.
CREATE FUNCTION governance_ballot_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM governance_decision WHERE id = NEW.decision_id AND state = 'open' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a ballot is cast while the vote is open' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM governance_frozenseat s JOIN governance_holder h ON h.id = NEW.holder_id
        WHERE s.id = NEW.frozen_seat_id AND s.decision_id = NEW.decision_id AND h.user_id = NEW.user_id
          AND ((NEW.capacity = 'member' AND s.member_id = h.id) OR (NEW.capacity = 'alternate' AND s.alternate_id = h.id))
    ) THEN
        RAISE EXCEPTION 'a ballot is cast by a holder of the frozen seat' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM governance_recusal WHERE decision_id = NEW.decision_id AND holder_id = NEW.holder_id) THEN
        RAISE EXCEPTION 'a recused holder casts no ballot' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_ballot_guard BEFORE INSERT ON governance_ballot
    FOR EACH ROW EXECUTE FUNCTION governance_ballot_guard();

-- A closed decision has its outcome when the transaction ends, and no other decision has one.
CREATE FUNCTION governance_outcome_with_close() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM governance_decision WHERE id = NEW.decision_id) IS DISTINCT FROM 'closed' THEN
        RAISE EXCEPTION 'an outcome is of a closed decision' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_outcome_with_close BEFORE INSERT ON governance_outcome
    FOR EACH ROW EXECUTE FUNCTION governance_outcome_with_close();
CREATE FUNCTION governance_close_with_outcome() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM governance_outcome WHERE decision_id = NEW.id) THEN
        RAISE EXCEPTION 'decision % is closed without an outcome', NEW.item USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER governance_close_with_outcome AFTER INSERT OR UPDATE ON governance_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'closed')
    EXECUTE FUNCTION governance_close_with_outcome();
"""
THAWED = """
DROP TRIGGER governance_close_with_outcome ON governance_decision;
DROP FUNCTION governance_close_with_outcome();
DROP TRIGGER governance_outcome_with_close ON governance_outcome;
DROP FUNCTION governance_outcome_with_close();
DROP TRIGGER governance_ballot_guard ON governance_ballot;
DROP FUNCTION governance_ballot_guard();
DROP TRIGGER governance_amount_before_opening ON governance_decisionamount;
DROP FUNCTION governance_amount_before_opening();
DROP TRIGGER governance_decision_no_delete ON governance_decision;
DROP TRIGGER governance_decision_stays ON governance_decision;
DROP FUNCTION governance_decision_stays();
"""
KEPT = ("ballot", "outcome", "recusal", "frozenseat", "frozendocument", "decisionamount", "ruleset")


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial"), ("alliance", "0002_guards")]

    operations = [
        migrations.RunSQL(FROZEN, THAWED),
        *(append_only(f"governance_{table}") for table in KEPT),
    ]
