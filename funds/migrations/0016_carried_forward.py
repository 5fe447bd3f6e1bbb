"""Sums brought forward: what statements of a large fund begin with."""

import django.db.models.deletion
from django.db import migrations, models

import alliance.core.fields


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0015_seed_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.DateField(unique=True)),
                ("n", models.PositiveBigIntegerField()),
                ("with_parts", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="CarriedMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cut", models.CharField(blank=True, max_length=10)),
                ("year", models.PositiveSmallIntegerField()),
                ("debit", models.CharField(max_length=20)),
                ("credit", models.CharField(max_length=20)),
                ("key", models.CharField(blank=True, max_length=120)),
                ("amount", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18)),
                (
                    "carried",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="moves", to="funds.carried"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("carried", "cut", "year", "debit", "credit", "key"), name="carried_move_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CarriedPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cut", models.CharField(max_length=10)),
                ("key", models.CharField(blank=True, max_length=120)),
                ("project", models.CharField(blank=True, max_length=110)),
                ("allocated", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18)),
                ("transferred", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18)),
                ("spent", alliance.core.fields.MoneyField(decimal_places=2, max_digits=18)),
                (
                    "carried",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="funds.carried"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["carried", "cut", "project"], name="carried_part_by_project")],
                "constraints": [
                    models.UniqueConstraint(fields=("carried", "cut", "key", "project"), name="carried_part_once")
                ],
            },
        ),
    ]
