"""Search past accents and capitals: PostgreSQL's own extensions, one function, one trigram index (R58)."""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

from alliance.core.search import CREATE_PLAIN, DROP_PLAIN, index_sql


class Migration(migrations.Migration):
    dependencies = [("alliance", "0002_guards")]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(CREATE_PLAIN, DROP_PLAIN),
        migrations.RunSQL(*index_sql("alliance_recommendation", "code", "text_en", "text_fr", "text_es")),
    ]
