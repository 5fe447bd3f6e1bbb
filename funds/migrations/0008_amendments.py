"""What pledges and agreements were before they were amended, and an agreement's papers: added to, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alliance.core.fields
from alliance.register.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("funds", "0007_pipeline_and_due_diligence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementAmendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("signed_on", models.DateField(verbose_name="signed on")),
                (
                    "amount",
                    alliance.core.fields.OriginalAmountField(
                        decimal_places=3, max_digits=18, verbose_name="amount before"
                    ),
                ),
                (
                    "amount_usd",
                    alliance.core.fields.MoneyField(
                        decimal_places=2, max_digits=18, verbose_name="amount in US dollars before"
                    ),
                ),
                ("why", models.TextField(verbose_name="reason")),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AgreementDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="PledgeAmendment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "amount",
                    alliance.core.fields.OriginalAmountField(
                        decimal_places=3, max_digits=18, null=True, verbose_name="amount"
                    ),
                ),
                ("rate", alliance.core.fields.RateField(decimal_places=12, max_digits=24, null=True)),
                ("rate_on", models.DateField(null=True)),
                ("rate_source", models.CharField(blank=True, max_length=200)),
                (
                    "amount_usd",
                    alliance.core.fields.MoneyField(
                        decimal_places=2, max_digits=18, verbose_name="indicative amount in US dollars"
                    ),
                ),
                ("pledged_on", models.DateField(verbose_name="pledged on")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions")),
                ("event", models.CharField(blank=True, max_length=200, verbose_name="event")),
                ("why", models.TextField(verbose_name="reason")),
                ("amended_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="instalment",
            name="instalment_number_once",
        ),
        migrations.AddField(
            model_name="pledge",
            name="event",
            field=models.CharField(blank=True, max_length=200, verbose_name="event"),
        ),
        migrations.AddField(
            model_name="agreementamendment",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="funds.agreement"
            ),
        ),
        migrations.AddField(
            model_name="agreementamendment",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="instalment",
            name="replaced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced",
                to="funds.agreementamendment",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_by", None)),
                fields=("agreement", "number"),
                name="instalment_number_once",
                violation_error_message="An instalment's number is used once in an agreement.",
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="agreement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="funds.agreement"
            ),
        ),
        migrations.AddField(
            model_name="agreementdocument",
            name="file",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="alliance.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="pledgeamendment",
            name="amended_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pledgeamendment",
            name="pledge",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="funds.pledge"
            ),
        ),
        migrations.AddField(
            model_name="pledgeamendment",
            name="window",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.window"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementamendment",
            constraint=models.UniqueConstraint(
                fields=("agreement", "number"),
                name="agreement_amendment_number_once",
                violation_error_message="An amendment's number is used once.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True),
                name="agreement_amendment_has_a_reason",
                violation_error_message="An amendment says why it was made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_usd__gt", 0)),
                name="agreement_amendment_positive",
                violation_error_message="An amount is more than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)),
                name="agreement_amendment_amount_positive",
                violation_error_message="An amount is more than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreementdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="agreement_document_has_a_title",
                violation_error_message="A document has a title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgeamendment",
            constraint=models.UniqueConstraint(
                fields=("pledge", "number"),
                name="pledge_amendment_number_once",
                violation_error_message="An amendment's number is used once.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgeamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("why", ""), _negated=True),
                name="pledge_amendment_has_a_reason",
                violation_error_message="An amendment says why it was made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgeamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_usd__gt", 0)),
                name="pledge_amendment_positive",
                violation_error_message="An amount is more than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="pledgeamendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("amount__gt", 0),
                        ("amount__isnull", False),
                        ("rate__gt", 0),
                        ("rate__isnull", False),
                        ("rate_on__isnull", False),
                    ),
                    models.Q(("amount", None), ("rate", None), ("rate_on", None)),
                    _connector="OR",
                ),
                name="pledge_amendment_amount_with_rate",
                violation_error_message="An amount above zero comes with its rate of exchange; an unknown one has none.",
            ),
        ),
        append_only("funds_pledgeamendment"),
        append_only("funds_agreementamendment"),
        append_only("funds_agreementdocument"),
    ]
