"""Projects closed for good, and the trigger that refuses postings of theirs and of a closed fund."""

from django.db import migrations, models

CREATE = """
-- Named to fire after the accounts are locked and moved: what was closed while this statement waited is seen.
CREATE FUNCTION funds_refuse_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM funds_fund WHERE status = 'closed') THEN
        RAISE EXCEPTION 'the fund is closed for good' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM funds_closedproject c
          JOIN funds_account a ON split_part(a.subject, ':', 1) = c.reference
           AND a.kind IN ('project', 'partner', 'spent', 'refunds_in_transit')
         WHERE a.id IN (SELECT debit_id FROM posted UNION ALL SELECT credit_id FROM posted)
    ) THEN
        RAISE EXCEPTION 'the accounts of this project are closed for good' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER funds_posting_not_closed AFTER INSERT ON funds_posting
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION funds_refuse_closed();
"""
DROP = """
DROP TRIGGER funds_posting_not_closed ON funds_posting;
DROP FUNCTION funds_refuse_closed();
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0011_trustee_terms")]

    operations = [
        migrations.CreateModel(
            name="ClosedProject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="project")),
                ("closed_on", models.DateField(verbose_name="closed on")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        name="closed_project_is_named",
                        violation_error_message="A closed project has its reference.",
                    )
                ],
            },
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
