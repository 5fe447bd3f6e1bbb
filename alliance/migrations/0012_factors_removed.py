"""One more kind of mail about an account."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0011_account_mail_state"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accountmail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new_password", "New Password"),
                    ("password_changed", "Password Changed"),
                    ("address_leave", "Address Leave"),
                    ("address_take", "Address Take"),
                    ("address_changed", "Address Changed"),
                    ("factor_changed", "Factor Changed"),
                    ("factors_removed", "Factors Removed"),
                ],
                max_length=20,
            ),
        ),
    ]
