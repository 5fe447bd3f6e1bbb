"""What a version names, for queries; the approval in principle that a proposal keeps; a second wait after a lapse."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("proposals", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionObjective",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="VersionRecommendation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.AddField(
            model_name="proposal",
            name="principle_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="proposal",
            name="principle_reference",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="proposal",
            name="principle_version",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="waitingapproval",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="waiting", to="proposals.proposalversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="waitingapproval",
            constraint=models.UniqueConstraint(fields=("decision_reference",), name="waiting_approval_once_a_decision"),
        ),
        migrations.AddField(
            model_name="versionobjective",
            name="objective",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="version_links", to="alliance.objective"
            ),
        ),
        migrations.AddField(
            model_name="versionobjective",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objective_links",
                to="proposals.proposalversion",
            ),
        ),
        migrations.AddField(
            model_name="versionrecommendation",
            name="recommendation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="version_links", to="alliance.recommendation"
            ),
        ),
        migrations.AddField(
            model_name="versionrecommendation",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recommendation_links",
                to="proposals.proposalversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionobjective",
            constraint=models.UniqueConstraint(fields=("version", "objective"), name="version_objective_once"),
        ),
        migrations.AddConstraint(
            model_name="versionobjective",
            constraint=models.CheckConstraint(
                condition=models.Q(("percent__gte", 1), ("percent__lte", 100)),
                name="version_objective_percent_1_to_100",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionrecommendation",
            constraint=models.UniqueConstraint(
                fields=("version", "recommendation"), name="version_recommendation_once"
            ),
        ),
    ]
