"""The rule of two people is said in one sentence, of a waiting approval as of payments. The database's rule is the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("proposals", "0006_activities_outside_the_fund")]

    operations = [
        migrations.AlterConstraint(
            model_name="waitingapproval",
            name="waiting_approval_by_two_officers",
            constraint=models.CheckConstraint(
                condition=models.Q(("funded_by__isnull", True))
                | (
                    models.Q(("prepared_by__isnull", False))
                    & models.Q(("prepared_by", models.F("funded_by")), _negated=True)
                ),
                name="waiting_approval_by_two_officers",
                violation_error_message="Whoever prepared this cannot authorise it: another person has to.",
            ),
        ),
    ]
