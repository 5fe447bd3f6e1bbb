"""A payment follows the reversal of its posting: it is not paid any more."""

from django.db import migrations, models

STATES = [
    ("prepared", "Prepared"),
    ("authorised", "Authorised"),
    ("paid", "Paid"),
    ("acknowledged", "Receipt confirmed"),
    ("cancelled", "Cancelled"),
    ("reversed", "Reversed"),
]
PAID = ("paid", "acknowledged", "reversed")


class Migration(migrations.Migration):
    dependencies = [("funds", "0016_carried_forward")]

    operations = [
        migrations.RemoveConstraint(model_name="payment", name="payment_authorised_is_stamped"),
        migrations.RemoveConstraint(model_name="payment", name="payment_paid_is_stamped"),
        migrations.AlterField(
            model_name="payment",
            name="state",
            field=models.CharField(choices=STATES, default="prepared", max_length=20, verbose_name="state"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("authorised_at", None), ("authorised_by", None), ("state", "prepared")),
                    ("state", "cancelled"),
                    models.Q(
                        ("authorised_at__isnull", False),
                        ("authorised_by__isnull", False),
                        ("state__in", ("authorised", *PAID)),
                    ),
                    _connector="OR",
                ),
                name="payment_authorised_is_stamped",
                violation_error_message="An authorised payment says when and by whom; one that is not does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("entry__isnull", False),
                        ("paid_by__isnull", False),
                        ("paid_on__isnull", False),
                        ("state__in", PAID),
                    ),
                    models.Q(
                        models.Q(("state__in", PAID), _negated=True),
                        ("entry", None),
                        ("paid_by", None),
                        ("paid_on", None),
                    ),
                    _connector="OR",
                ),
                name="payment_paid_is_stamped",
                violation_error_message=(
                    "A payment made says when, by whom and where it is posted; one that is not does not."
                ),
            ),
        ),
    ]
