"""The rule of two people is said in one sentence, of payments as of vouchers. The database's rule is the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funds", "0019_refusals_named")]

    operations = [
        migrations.AlterConstraint(
            model_name="payment",
            name="payment_four_eyes",
            constraint=models.CheckConstraint(
                condition=models.Q(("authorised_by", None))
                | models.Q(("authorised_by", models.F("prepared_by")), _negated=True),
                name="payment_four_eyes",
                violation_error_message="Whoever prepared this cannot authorise it: another person has to.",
            ),
        ),
    ]
