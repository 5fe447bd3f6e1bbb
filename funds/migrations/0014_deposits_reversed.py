"""A deposit says from which day on it stands no longer: that of the reversal of its money.

Nothing is filled in. No database of record is older than this: nothing was released before. And a row changed here would
disagree with the register, which has the row as it was.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funds", "0013_closed_by_key")]

    operations = [
        migrations.AddField(
            model_name="deposit",
            name="reversed_on",
            field=models.DateField(null=True, verbose_name="reversed on"),
        ),
        migrations.AddConstraint(
            model_name="deposit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reversed_on", None), ("reversed_on__gte", models.F("received_on")), _connector="OR"
                ),
                name="deposit_reversed_after_it_came",
                violation_error_message="A deposit is reversed on the day it came in, or later.",
            ),
        ),
    ]
