"""What moved between two accounts in a year, kept by the trigger on postings: statements need not add up every posting."""

import django.db.models.deletion
from django.db import migrations, models

import alliance.core.fields

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
    {turnover}RETURN NULL;
END $$;
"""
# The accounts are locked by then: two inserts never meet on one row of turnover.
TURNOVER = """INSERT INTO funds_turnover AS t (year, debit_id, credit_id, amount)
    SELECT extract(year FROM effective_on), debit_id, credit_id, sum(amount) FROM posted GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (year, debit_id, credit_id) DO UPDATE SET amount = t.amount + excluded.amount;
    """
WITH, WITHOUT = APPLY.replace("{turnover}", TURNOVER), APPLY.replace("{turnover}", "")

GUARD = """
CREATE FUNCTION funds_guard_turnover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'turnover is moved by postings alone' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
INSERT INTO funds_turnover (year, debit_id, credit_id, amount)
SELECT extract(year FROM effective_on), debit_id, credit_id, sum(amount) FROM funds_posting GROUP BY 1, 2, 3;
CREATE TRIGGER funds_turnover_guard BEFORE INSERT OR UPDATE ON funds_turnover
    FOR EACH ROW EXECUTE FUNCTION funds_guard_turnover();
CREATE TRIGGER funds_turnover_no_delete BEFORE DELETE ON funds_turnover
    FOR EACH ROW EXECUTE FUNCTION alliance_refuse_change();
CREATE TRIGGER funds_turnover_no_truncate BEFORE TRUNCATE ON funds_turnover
    FOR EACH STATEMENT EXECUTE FUNCTION alliance_refuse_change();
"""
UNGUARD = """
DROP TRIGGER funds_turnover_no_truncate ON funds_turnover;
DROP TRIGGER funds_turnover_no_delete ON funds_turnover;
DROP TRIGGER funds_turnover_guard ON funds_turnover;
DROP FUNCTION funds_guard_turnover();
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Turnover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("amount", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18)),
                (
                    "credit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.account"
                    ),
                ),
                (
                    "debit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.account"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("year", "debit", "credit"), name="turnover_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="turnover_positive"),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(WITH, WITHOUT),
    ]
