"""Seed capital that went back to the trustee has accounts of its own kind, apart from donors’ refunds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0014_deposits_reversed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="kind",
            field=models.CharField(
                choices=[
                    ("contributions", "Contributions of a donor"),
                    ("seed", "Trustee's seed capital"),
                    ("interest_fund", "Interest earned by the fund"),
                    ("interest_partners", "Interest from partners"),
                    ("pool", "Pool of a window"),
                    ("fee", "Administrative agent fee"),
                    ("direct_cost", "Direct cost"),
                    ("bank_charges", "Bank charges"),
                    ("other_funds", "Transfers to other funds"),
                    ("donor_refunds", "Refunds to a donor"),
                    ("seed_refunds", "Refunds of seed capital"),
                    ("project", "Allocated to a project"),
                    ("partner", "With a partner"),
                    ("spent", "Spent by a partner"),
                    ("refunds_in_transit", "Refunds in transit"),
                ],
                max_length=20,
            ),
        ),
    ]
