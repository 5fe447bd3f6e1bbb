"""Vouchers, and the sequence of their references."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alliance.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("funds", "0004_funding_request"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE alliance_number_vch", "DROP SEQUENCE alliance_number_vch"),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(max_length=20, unique=True, verbose_name="reference")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("interest_fund", "Interest earned by the fund"),
                            ("interest_partners", "Interest from partners"),
                            ("direct_cost", "Direct cost"),
                            ("bank_charges", "Bank charges"),
                            ("other_fund", "Transfer to another fund"),
                            ("refund_sent", "Refund sent by a partner"),
                            ("refund_received", "Refund received from a partner"),
                            ("donor_refund", "Refund to a donor"),
                            ("release", "Release of unspent allocation"),
                            ("window_transfer", "Transfer between windows"),
                            ("reversal", "Correction of a posting"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("amount", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18, verbose_name="amount")),
                ("effective_on", models.DateField(verbose_name="effective on")),
                ("project", models.CharField(blank=True, max_length=60, verbose_name="project")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("consent", models.CharField(blank=True, max_length=200, verbose_name="donors’ consent")),
                ("bank_reference", models.CharField(blank=True, max_length=80, verbose_name="bank's reference")),
                (
                    "state",
                    models.CharField(
                        choices=[("prepared", "Prepared"), ("posted", "Posted"), ("cancelled", "Cancelled")],
                        default="prepared",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("prepared_at", models.DateTimeField()),
                ("authorised_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancelled_why", models.TextField(blank=True)),
                (
                    "authorised_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "destination",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.window"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="alliance.storedfile",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="funds.donor",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voucher",
                        to="alliance.registerentry",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="alliance.organisation",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="funds.posting",
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "window",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="funds.window",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "donor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="funds.donor"
                    ),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="funds.voucher"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(fields=["state", "prepared_at"], name="voucher_by_state"),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)),
                name="voucher_positive",
                violation_error_message="An amount is more than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "interest_fund"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "interest_partners"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "direct_cost"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "bank_charges"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "other_fund"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "refund_sent"),
                        ("window__isnull", True),
                        ("destination__isnull", True),
                        models.Q(("project", ""), _negated=True),
                        ("organisation__isnull", False),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "refund_received"),
                        ("window__isnull", True),
                        ("destination__isnull", True),
                        models.Q(("project", ""), _negated=True),
                        ("organisation__isnull", False),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "donor_refund"),
                        ("window__isnull", False),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", False),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "release"),
                        ("window__isnull", True),
                        ("destination__isnull", True),
                        models.Q(("project", ""), _negated=True),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "window_transfer"),
                        ("window__isnull", False),
                        ("destination__isnull", False),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", True),
                    ),
                    models.Q(
                        ("kind", "reversal"),
                        ("window__isnull", True),
                        ("destination__isnull", True),
                        ("project", ""),
                        ("organisation__isnull", True),
                        ("donor__isnull", True),
                        ("posting__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="voucher_names_what_its_kind_needs",
                violation_error_message="A voucher names what its kind needs, and nothing else.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("destination", None), models.Q(("destination", models.F("window")), _negated=True), _connector="OR"
                ),
                name="voucher_two_windows",
                violation_error_message="A transfer goes from one window to another.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "kind__in",
                            ["direct_cost", "donor_refund", "other_fund", "release", "reversal", "window_transfer"],
                        ),
                        _negated=True,
                    ),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="voucher_says_why",
                violation_error_message="Say why: whoever authorises has to be able to judge it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "window_transfer"), ("consent", ""), _connector="OR"),
                name="voucher_consent_to_a_transfer",
                violation_error_message="Consent belongs to a transfer between windows.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("authorised_by", None),
                    models.Q(("authorised_by", models.F("prepared_by")), _negated=True),
                    _connector="OR",
                ),
                name="voucher_four_eyes",
                violation_error_message="Whoever prepared this cannot authorise it: another person has to.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("authorised_at__isnull", False),
                        ("authorised_by__isnull", False),
                        ("entry__isnull", False),
                        ("state", "posted"),
                    ),
                    models.Q(
                        models.Q(("state", "posted"), _negated=True),
                        ("authorised_at", None),
                        ("authorised_by", None),
                        ("entry", None),
                    ),
                    _connector="OR",
                ),
                name="voucher_posted_is_stamped",
                violation_error_message="A posted voucher says when, by whom and where it is posted; one that is not does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", False),
                        ("cancelled_by__isnull", False),
                        ("state", "cancelled"),
                        models.Q(("cancelled_why", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True),
                        ("cancelled_at", None),
                        ("cancelled_by", None),
                        ("cancelled_why", ""),
                    ),
                    _connector="OR",
                ),
                name="voucher_cancelled_is_stamped",
                violation_error_message="A cancelled voucher says when, by whom and why; one that is not does not.",
            ),
        ),
        migrations.AddConstraint(
            model_name="voucher",
            constraint=models.UniqueConstraint(
                condition=models.Q(("posting__isnull", False), models.Q(("state", "cancelled"), _negated=True)),
                fields=("posting",),
                name="voucher_one_live_correction",
                violation_error_message="A correction of this posting is prepared or posted already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                fields=("voucher", "donor"),
                name="consent_once",
                violation_error_message="This donor's consent is recorded already.",
            ),
        ),
    ]
