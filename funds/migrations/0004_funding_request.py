"""What was requested in all, and how much of it as seed capital."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alliance.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0003_turnover"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE alliance_number_req", "DROP SEQUENCE alliance_number_req"),
        migrations.CreateModel(
            name="FundingRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="reference")),
                ("requested_on", models.DateField(verbose_name="requested on")),
                (
                    "total",
                    alliance.core.fields.MoneyField(
                        decimal_places=2, max_digits=18, verbose_name="total funding requested"
                    ),
                ),
                (
                    "seed",
                    alliance.core.fields.MoneyField(
                        decimal_places=2, max_digits=18, verbose_name="of which seed capital"
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="document or decision")),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seed__gte", 0), ("seed__lte", models.F("total")), ("total__gt", 0)),
                        name="funding_request_seed_within_total",
                        violation_error_message="Seed capital is a part of the total funding requested.",
                    )
                ],
            },
        ),
    ]
