"""Links are append-only like the versions they repeat; an approval in principle is kept whole."""

from django.db import migrations, models

from alliance.register.guards import append_only


class Migration(migrations.Migration):
    dependencies = [("proposals", "0004_links_and_principle_filled")]

    operations = [
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("principle_at", None), ("principle_reference", ""), ("principle_version", None)),
                    models.Q(
                        ("principle_at__isnull", False),
                        ("principle_version__isnull", False),
                        models.Q(("principle_reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="proposal_principle_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "approved_in_principle"), _negated=True),
                    models.Q(
                        ("decided_at", models.F("principle_at")),
                        ("decision_reference", models.F("principle_reference")),
                    ),
                    _connector="OR",
                ),
                name="proposal_in_principle_by_its_decision",
            ),
        ),
        append_only("proposals_versionrecommendation"),
        append_only("proposals_versionobjective"),
    ]
