"""Versions and returns are append-only; what has been offered for signature does not change."""

from django.db import migrations

from alliance.register.guards import append_only

FIXED = """
CREATE FUNCTION proposals_contract_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.offered_at IS NOT NULL AND (
        OLD.project_id, OLD.partner_id, OLD.objectives, OLD.tasks, OLD.expected_results,
        OLD.amount, OLD.starts_on, OLD.ends_on, OLD.offered_at, OLD.digest
    ) IS DISTINCT FROM (
        NEW.project_id, NEW.partner_id, NEW.objectives, NEW.tasks, NEW.expected_results,
        NEW.amount, NEW.starts_on, NEW.ends_on, NEW.offered_at, NEW.digest
    ) THEN
        RAISE EXCEPTION 'an offered contract is not changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER proposals_contract_fixed BEFORE UPDATE ON proposals_contract
    FOR EACH ROW EXECUTE FUNCTION proposals_contract_fixed();

CREATE FUNCTION proposals_tranches_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT COALESCE(SUM(t.amount), 0) FROM proposals_tranche t WHERE t.contract_id = NEW.contract_id)
        > (SELECT c.amount FROM proposals_contract c WHERE c.id = NEW.contract_id) THEN
        RAISE EXCEPTION 'the tranches add up to more than the contract' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER proposals_tranches_within AFTER INSERT OR UPDATE ON proposals_tranche
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION proposals_tranches_within();

CREATE FUNCTION proposals_contracts_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT COALESCE(SUM(c.amount), 0) FROM proposals_contract c
        WHERE c.project_id = NEW.project_id AND c.state <> 'cancelled')
        > (SELECT p.amount FROM proposals_project p WHERE p.id = NEW.project_id) THEN
        RAISE EXCEPTION 'the contracts add up to more than the project' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER proposals_contracts_within AFTER INSERT OR UPDATE ON proposals_contract
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION proposals_contracts_within();
"""
UNFIXED = """
DROP TRIGGER proposals_contracts_within ON proposals_contract;
DROP FUNCTION proposals_contracts_within();
DROP TRIGGER proposals_tranches_within ON proposals_tranche;
DROP FUNCTION proposals_tranches_within();
DROP TRIGGER proposals_contract_fixed ON proposals_contract;
DROP FUNCTION proposals_contract_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial"), ("alliance", "0002_guards")]

    operations = [
        append_only("proposals_proposalversion"),
        append_only("proposals_return"),
        migrations.RunSQL(FIXED, UNFIXED),
    ]
