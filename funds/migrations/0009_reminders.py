"""Reminders of instalments, one a stage: added to, never changed."""

import django.db.models.deletion
from django.db import migrations, models

from alliance.register.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0008_amendments"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("coming", "Instalment due soon"),
                            ("due", "Instalment due"),
                            ("overdue", "Instalment overdue"),
                        ],
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "instalment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="funds.instalment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("instalment", "stage"),
                        name="reminder_once_a_stage",
                        violation_error_message="A reminder of this stage was sent already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["coming", "due", "overdue"])),
                        name="reminder_stage_known",
                        violation_error_message="This is not a stage of reminders.",
                    ),
                ],
            },
        ),
        append_only("funds_reminder"),
    ]
