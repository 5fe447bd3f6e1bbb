"""Every account has the address that it signs in by as allauth knows it: confirmed, the only one, in small letters."""

from django.db import migrations

ADDRESSES = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT u.id, lower(u.email), true, true FROM alliance_user u
     WHERE NOT EXISTS (SELECT 1 FROM account_emailaddress a WHERE a.user_id = u.id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0009_accounts"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL(ADDRESSES, "DELETE FROM account_emailaddress")]
