"""A donor's other names and paying agencies, and what is promised that is not cash."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import alliance.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0009_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DonorAlias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("other_name", "Other name"), ("paying_agency", "Paying agency")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="aliases", to="funds.donor"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="deposit",
            name="paying_agency",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deposits", to="funds.donoralias"
            ),
        ),
        migrations.CreateModel(
            name="NonCashPledge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="reference")),
                (
                    "kind",
                    models.CharField(
                        choices=[("in_kind", "In kind"), ("secondment", "Secondment")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("description", models.TextField(verbose_name="description")),
                (
                    "worth_usd",
                    alliance.core.fields.MoneyField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="estimated worth in US dollars"
                    ),
                ),
                ("pledged_on", models.DateField(verbose_name="pledged on")),
                ("event", models.CharField(blank=True, max_length=200, verbose_name="event")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pledged", "Pledged"),
                            ("acknowledged", "Acknowledged"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="pledged",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("noted_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("delivered_on", models.DateField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_why", models.TextField(blank=True)),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="non_cash_pledges", to="funds.donor"
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="donoralias",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("withdrawn_at", None)),
                name="donor_alias_names_one_donor",
                violation_error_message="This name means a donor already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="donoralias",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["other_name", "paying_agency"])),
                name="donor_alias_kind_known",
                violation_error_message="This is not a kind of name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="donoralias",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True),
                name="donor_alias_is_a_name",
                violation_error_message="A name has letters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["in_kind", "secondment"])),
                name="non_cash_kind_known",
                violation_error_message="This is not a kind of contribution other than cash.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(("description", ""), _negated=True),
                name="non_cash_says_what_it_is",
                violation_error_message="A contribution other than cash says what it is.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("worth_usd", None), models.Q(("worth_usd__gt", 0), ("worth_usd__isnull", False)), _connector="OR"
                ),
                name="non_cash_worth_positive",
                violation_error_message="An amount is more than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at", None), ("state__in", ("pledged", "cancelled"))),
                    models.Q(
                        ("acknowledged_at__isnull", False), ("state__in", ("acknowledged", "delivered", "cancelled"))
                    ),
                    _connector="OR",
                ),
                name="non_cash_acknowledged_is_stamped",
                violation_error_message="An acknowledged pledge says when; one that is not does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("delivered_on__isnull", False), ("state", "delivered")),
                    models.Q(models.Q(("state", "delivered"), _negated=True), ("delivered_on", None)),
                    _connector="OR",
                ),
                name="non_cash_delivered_is_stamped",
                violation_error_message="What was delivered says when; what was not does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noncashpledge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_at__isnull", False), ("state", "cancelled")),
                    models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancelled_at", None)),
                    _connector="OR",
                ),
                name="non_cash_cancelled_is_stamped",
                violation_error_message="A cancelled pledge says when; one that is not does not.",
            ),
        ),
    ]
