"""Who keeps the fund's money, from when to when."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("funds", "0010_aliases_and_non_cash"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrusteeTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("agreement", models.CharField(max_length=300, verbose_name="agreement")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(null=True, verbose_name="to")),
                ("fee_percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="fee, per cent")),
                ("appointed_at", models.DateTimeField()),
                (
                    "appointed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trustee_terms",
                        to="alliance.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="trustee_term_starts_before_it_ends",
                        violation_error_message="A trustee’s term cannot end before it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("agreement", ""), _negated=True),
                        name="trustee_term_names_its_agreement",
                        violation_error_message="A trustee is appointed under an agreement.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee_percent__gte", 0), ("fee_percent__lt", 100)),
                        name="trustee_term_fee_below_all",
                        violation_error_message="A fee is a percentage from 0 to less than 100.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    "starts_on",
                                    "ends_on",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(True, True),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            )
                        ],
                        name="trustee_term_no_overlap",
                        violation_error_message="There is one trustee on any day.",
                    ),
                ],
            },
        ),
    ]
