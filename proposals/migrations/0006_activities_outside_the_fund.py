"""What others do outside the fund, with the sequence of their references; themes on proposals and projects (R17, R53)."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alliance.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("proposals", "0005_links_and_principle_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE alliance_number_act", "DROP SEQUENCE alliance_number_act"),
        migrations.AddField(
            model_name="project",
            name="themes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="themes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), blank=True, default=list
            ),
        ),
        migrations.CreateModel(
            name="OutsideActivity",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "language",
                    models.CharField(choices=[("en", "English"), ("fr", "Français"), ("es", "Español")], max_length=2),
                ),
                ("themes", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60))),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=alliance.core.fields.CountryField(
                            max_length=2, validators=[django.core.validators.RegexValidator("^[A-Z]{2}$")]
                        )
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("source", models.CharField(max_length=300)),
                ("source_url", models.URLField(blank=True, max_length=300)),
                ("amount", alliance.core.fields.OriginalAmountField(decimal_places=3, max_digits=18, null=True)),
                (
                    "currency",
                    alliance.core.fields.CurrencyField(
                        blank=True, max_length=3, validators=[django.core.validators.RegexValidator("^[A-Z]{3}$")]
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("recorded", "Recorded"), ("withdrawn", "Withdrawn")],
                        default="recorded",
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("amended_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_why", models.TextField(blank=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="alliance.organisation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "withdrawn_by",
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
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="outside_activity_ends_after_start",
                        violation_error_message="The end comes before the start.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("countries__len__gt", 0)),
                        name="outside_activity_somewhere",
                        violation_error_message="Name at least one country.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("themes__len__gt", 0)),
                        name="outside_activity_about_something",
                        violation_error_message="Choose at least one theme.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="outside_activity_has_a_title",
                        violation_error_message="Give the activity its title.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="outside_activity_from_a_source",
                        violation_error_message="Say where this is known from.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("currency", "")),
                            models.Q(
                                ("amount__gt", 0), ("amount__isnull", False), models.Q(("currency", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="outside_activity_amount_in_a_currency",
                        violation_error_message="An amount is more than zero and has its currency.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ("en", "fr", "es"))), name="outside_activity_language_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("recorded", "withdrawn"))),
                        name="outside_activity_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("withdrawn",)), models.Q(("withdrawn_at__isnull", True), _negated=True)
                            ),
                            models.Q(
                                models.Q(("state__in", ("withdrawn",)), _negated=True), ("withdrawn_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="outside_activity_withdrawn_at_with_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ("withdrawn",)), models.Q(("withdrawn_why", ""), _negated=True)),
                            models.Q(models.Q(("state__in", ("withdrawn",)), _negated=True), ("withdrawn_why", "")),
                            _connector="OR",
                        ),
                        name="outside_activity_withdrawn_why_with_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="outside_activity_withdrawn_at_with_withdrawn_by",
                    ),
                ],
            },
        ),
    ]
