"""The day on which the fund was established: no money takes effect before it, nor while the fund is not."""

from django.db import migrations, models

CREATE = """
-- Fires with the other rule of the fund's status, after the accounts are locked and moved.
CREATE FUNCTION funds_refuse_before_established() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM funds_fund f
         WHERE f.status IN ('proposed', 'approved_in_principle')
            OR f.established_on > (SELECT min(effective_on) FROM posted)
    ) THEN
        RAISE EXCEPTION 'the fund was not established then' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER funds_posting_once_established AFTER INSERT ON funds_posting
    REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION funds_refuse_before_established();
"""
DROP = """
DROP TRIGGER funds_posting_once_established ON funds_posting;
DROP FUNCTION funds_refuse_before_established();
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0017_payments_reversed")]

    operations = [
        migrations.AddField(
            model_name="fund",
            name="established_on",
            field=models.DateField(blank=True, null=True, verbose_name="established on"),
        ),
        migrations.AddField(
            model_name="fund",
            name="operating_on",
            field=models.DateField(blank=True, null=True, verbose_name="operating since"),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("established_on", None),
                    models.Q(("status__in", ("proposed", "approved_in_principle")), _negated=True),
                    _connector="OR",
                ),
                name="fund_established_once_it_is",
                violation_error_message="A fund that is not established has no day of it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("operating_on", None),
                    models.Q(
                        ("status__in", ("operating", "closing", "closed")),
                        models.Q(
                            ("established_on", None), ("operating_on__gte", models.F("established_on")), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="fund_operating_once_it_does",
                violation_error_message="A fund operates from a day on that is not before it was established.",
            ),
        ),
        migrations.RunSQL(CREATE, DROP),
    ]
