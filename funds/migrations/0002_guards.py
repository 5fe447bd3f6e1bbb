"""What keeps the ledger true: sums moved by triggers, pools equal to their stakes, rows never changed."""

from django.db import migrations

from alliance.register.guards import append_only

POSTINGS = """
-- Period rows FOR SHARE, then accounts in id order, then the sums: one statement trigger for any number of rows.
CREATE FUNCTION funds_apply_postings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM funds_period p
     WHERE EXISTS (SELECT 1 FROM posted n WHERE n.effective_on BETWEEN p.starts_on AND p.ends_on)
     ORDER BY p.id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM (SELECT DISTINCT effective_on FROM posted) n
         WHERE NOT EXISTS (
            SELECT 1 FROM funds_period p
             WHERE n.effective_on BETWEEN p.starts_on AND p.ends_on AND p.closed_at IS NULL)
    ) THEN
        RAISE EXCEPTION 'no open period for this date' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM 1 FROM funds_account a
     WHERE a.id IN (SELECT debit_id FROM posted UNION SELECT credit_id FROM posted)
     ORDER BY a.id FOR NO KEY UPDATE;
    UPDATE funds_account a SET debits = a.debits + s.debits, credits = a.credits + s.credits
      FROM (SELECT account_id, sum(debits) AS debits, sum(credits) AS credits
              FROM (SELECT debit_id AS account_id, amount AS debits, 0 AS credits FROM posted
                    UNION ALL SELECT credit_id, 0, amount FROM posted) sides
             GROUP BY account_id) s
     WHERE a.id = s.account_id;
    RETURN NULL;
END $$;
CREATE TRIGGER funds_posting_moves_accounts AFTER INSERT ON funds_posting
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION funds_apply_postings();

-- An account's sums move inside that trigger and nowhere else; an account is born at zero and stays what it is.
CREATE FUNCTION funds_guard_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.debits <> 0 OR NEW.credits <> 0 THEN
            RAISE EXCEPTION 'an account is opened at zero' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.debits, NEW.credits) IS DISTINCT FROM (OLD.debits, OLD.credits) AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'sums are moved by postings alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.code, NEW.kind, NEW.subject, NEW.window_id, NEW.guarded)
        IS DISTINCT FROM (OLD.code, OLD.kind, OLD.subject, OLD.window_id, OLD.guarded) THEN
        RAISE EXCEPTION 'an account stays what it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER funds_account_guard BEFORE INSERT OR UPDATE ON funds_account
    FOR EACH ROW EXECUTE FUNCTION funds_guard_account();
"""
UNPOSTINGS = """
DROP TRIGGER funds_account_guard ON funds_account;
DROP FUNCTION funds_guard_account();
DROP TRIGGER funds_posting_moves_accounts ON funds_posting;
DROP FUNCTION funds_apply_postings();
"""

SHARES = """
-- Shares move stakes: into a pool that is debited, out of a pool that is credited.
CREATE FUNCTION funds_apply_shares() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM shared s JOIN funds_posting p ON p.id = s.posting_id
          JOIN funds_account d ON d.id = p.debit_id JOIN funds_account c ON c.id = p.credit_id
         WHERE d.kind <> 'pool' AND c.kind <> 'pool'
    ) THEN
        RAISE EXCEPTION 'shares belong to postings of a pool' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    INSERT INTO funds_stake AS stake (pool_id, source_id, amount)
    SELECT DISTINCT a.id, s.source_id, 0 FROM shared s JOIN funds_posting p ON p.id = s.posting_id
      JOIN funds_account a ON a.id IN (p.debit_id, p.credit_id) AND a.kind = 'pool'
    ON CONFLICT (pool_id, source_id) DO NOTHING;
    UPDATE funds_stake stake SET amount = stake.amount + m.amount
      FROM (SELECT pool_id, source_id, sum(amount) AS amount FROM (
                SELECT p.debit_id AS pool_id, s.source_id, s.amount
                  FROM shared s JOIN funds_posting p ON p.id = s.posting_id
                  JOIN funds_account a ON a.id = p.debit_id AND a.kind = 'pool'
                UNION ALL
                SELECT p.credit_id, s.source_id, -s.amount
                  FROM shared s JOIN funds_posting p ON p.id = s.posting_id
                  JOIN funds_account a ON a.id = p.credit_id AND a.kind = 'pool') moved
             GROUP BY pool_id, source_id) m
     WHERE stake.pool_id = m.pool_id AND stake.source_id = m.source_id;
    RETURN NULL;
END $$;
CREATE TRIGGER funds_share_moves_stakes AFTER INSERT ON funds_share
    REFERENCING NEW TABLE AS shared FOR EACH STATEMENT EXECUTE FUNCTION funds_apply_shares();

CREATE FUNCTION funds_guard_stake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'stakes are moved by shares alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER funds_stake_guard BEFORE INSERT OR UPDATE ON funds_stake
    FOR EACH ROW EXECUTE FUNCTION funds_guard_stake();

-- At the end of the transaction: each posting of a pool is shared out whole, and each pool equals its stakes.
CREATE FUNCTION funds_check_posting_shared() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM funds_account a WHERE a.id IN (NEW.debit_id, NEW.credit_id) AND a.kind = 'pool')
       AND NEW.amount IS DISTINCT FROM (SELECT sum(s.amount) FROM funds_share s WHERE s.posting_id = NEW.id) THEN
        RAISE EXCEPTION 'the shares of posting % do not add up to it', NEW.id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER funds_posting_is_shared AFTER INSERT ON funds_posting DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION funds_check_posting_shared();

CREATE FUNCTION funds_check_pool_stakes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pool bigint := CASE WHEN TG_TABLE_NAME = 'funds_stake' THEN (to_jsonb(NEW) ->> 'pool_id')::bigint ELSE NEW.id END;
BEGIN
    IF (SELECT a.debits - a.credits FROM funds_account a WHERE a.id = pool) IS DISTINCT FROM
       (SELECT COALESCE(sum(s.amount), 0) FROM funds_stake s WHERE s.pool_id = pool) THEN
        RAISE EXCEPTION 'the stakes of pool % do not add up to its balance', pool
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER funds_pool_equals_stakes AFTER UPDATE ON funds_account DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'pool') EXECUTE FUNCTION funds_check_pool_stakes();
CREATE CONSTRAINT TRIGGER funds_stakes_equal_pool AFTER INSERT OR UPDATE ON funds_stake DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION funds_check_pool_stakes();
"""
UNSHARES = """
DROP TRIGGER funds_stakes_equal_pool ON funds_stake;
DROP TRIGGER funds_pool_equals_stakes ON funds_account;
DROP FUNCTION funds_check_pool_stakes();
DROP TRIGGER funds_posting_is_shared ON funds_posting;
DROP FUNCTION funds_check_posting_shared();
DROP TRIGGER funds_stake_guard ON funds_stake;
DROP FUNCTION funds_guard_stake();
DROP TRIGGER funds_share_moves_stakes ON funds_share;
DROP FUNCTION funds_apply_shares();
"""

STAYS = "".join(
    f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();"
    f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();"
    for table in ("funds_account", "funds_stake")
)
UNSTAYS = "".join(
    f"DROP TRIGGER {table}_no_{verb} ON {table};"
    for table in ("funds_account", "funds_stake")
    for verb in ("delete", "truncate")
)


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial"), ("alliance", "0002_guards")]

    operations = [
        migrations.RunSQL(POSTINGS, UNPOSTINGS),
        migrations.RunSQL(SHARES, UNSHARES),
        migrations.RunSQL(STAYS, UNSTAYS),
        append_only("funds_posting"),
        append_only("funds_share"),
    ]
