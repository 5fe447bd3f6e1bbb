"""A mail about an account keeps what the account was when it was asked for; those that wait without it give no link."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alliance", "0010_addresses")]

    operations = [
        migrations.AddField(
            model_name="accountmail",
            name="state",
            field=models.CharField(blank=True, max_length=32),
        ),
    ]
