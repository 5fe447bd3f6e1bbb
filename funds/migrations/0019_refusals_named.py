"""The triggers on postings name the rule that refuses, as constraints do: their words are for people alone."""

from django.db import migrations

APPLY = """
CREATE OR REPLACE FUNCTION funds_apply_postings() RETURNS trigger LANGUAGE plpgsql AS $$
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
        RAISE EXCEPTION 'no open period for this date' USING ERRCODE = 'integrity_constraint_violation'{posting_in_open_period};
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
    INSERT INTO funds_turnover AS t (year, debit_id, credit_id, amount)
    SELECT extract(year FROM effective_on), debit_id, credit_id, sum(amount) FROM posted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (year, debit_id, credit_id) DO UPDATE SET amount = t.amount + excluded.amount;
    RETURN NULL;
END $$;
"""
CLOSED = """
CREATE OR REPLACE FUNCTION funds_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM funds_fund WHERE status = 'closed') THEN
        RAISE EXCEPTION 'the fund is closed for good' USING ERRCODE = 'integrity_constraint_violation'{posting_fund_not_closed};
    END IF;
    IF EXISTS (
        SELECT 1 FROM (SELECT debit_id AS id FROM posted UNION SELECT credit_id FROM posted) n
          JOIN funds_account a ON a.id = n.id AND a.kind IN ('project', 'partner', 'spent', 'refunds_in_transit')
         WHERE EXISTS (SELECT 1 FROM funds_closedproject c WHERE c.reference = split_part(a.subject, ':', 1))
    ) THEN
        RAISE EXCEPTION 'the accounts of this project are closed for good' USING ERRCODE = 'integrity_constraint_violation'{posting_project_not_closed};
    END IF;
    RETURN NULL;
END $$;
"""
ESTABLISHED = """
CREATE OR REPLACE FUNCTION funds_refuse_before_established() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM funds_fund f
         WHERE f.status IN ('proposed', 'approved_in_principle')
            OR f.established_on > (SELECT min(effective_on) FROM posted)
    ) THEN
        RAISE EXCEPTION 'the fund was not established then' USING ERRCODE = 'integrity_constraint_violation'{posting_once_established};
    END IF;
    RETURN NULL;
END $$;
"""
NAMES = ("posting_in_open_period", "posting_fund_not_closed", "posting_project_not_closed", "posting_once_established")


def functions(*, named: bool) -> str:
    """Return the three functions, with the names of their rules or, as before, without."""
    said = {name: f", CONSTRAINT = '{name}'" if named else "" for name in NAMES}
    return "".join(text.format(**said) for text in (APPLY, CLOSED, ESTABLISHED))


class Migration(migrations.Migration):
    dependencies = [("funds", "0018_established_on")]

    operations = [migrations.RunSQL(functions(named=True), functions(named=False))]
