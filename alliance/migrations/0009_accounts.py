"""Accounts by allauth: mails not sent yet, from where something was refused, and the table of what all processes count."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

CREATE_CACHE = """
    CREATE TABLE cached (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
    CREATE INDEX cached_expires ON cached (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("alliance", "0008_bounces")]

    operations = [
        migrations.AddField(
            model_name="securityevent",
            name="address",
            field=models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="AccountMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("new_password", "New Password"),
                            ("password_changed", "Password Changed"),
                            ("address_leave", "Address Leave"),
                            ("address_take", "Address Take"),
                            ("address_changed", "Address Changed"),
                            ("factor_changed", "Factor Changed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("to", models.EmailField(max_length=254)),
                ("new_address", models.EmailField(blank=True, max_length=254)),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunSQL(CREATE_CACHE, "DROP TABLE cached"),
    ]
