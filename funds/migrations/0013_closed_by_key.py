"""Ask of each account posted on whether its project is closed: by keys, whatever the planner knows of the tables.

The check before compared every closed project with every account when it was planned while both were small.
"""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION funds_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM funds_fund WHERE status = 'closed') THEN
        RAISE EXCEPTION 'the fund is closed for good' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        {asked}
    ) THEN
        RAISE EXCEPTION 'the accounts of this project are closed for good' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
BY_KEY = """SELECT 1 FROM (SELECT debit_id AS id FROM posted UNION SELECT credit_id FROM posted) n
          JOIN funds_account a ON a.id = n.id AND a.kind IN ('project', 'partner', 'spent', 'refunds_in_transit')
         WHERE EXISTS (SELECT 1 FROM funds_closedproject c WHERE c.reference = split_part(a.subject, ':', 1))"""
BEFORE = """SELECT 1 FROM funds_closedproject c
          JOIN funds_account a ON split_part(a.subject, ':', 1) = c.reference
           AND a.kind IN ('project', 'partner', 'spent', 'refunds_in_transit')
         WHERE a.id IN (SELECT debit_id FROM posted UNION ALL SELECT credit_id FROM posted)"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0012_closed_for_good")]

    operations = [migrations.RunSQL(BODY.replace("{asked}", BY_KEY), BODY.replace("{asked}", BEFORE))]
