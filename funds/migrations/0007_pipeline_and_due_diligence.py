"""Who follows a donor up, how it came to its stage, and what due diligence found: added to, never changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.register.guards import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("alliance", "0003_search"),
        ("funds", "0006_instructions_stay"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DueDiligence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("done_on", models.DateField(verbose_name="done on")),
                ("valid_until", models.DateField(verbose_name="valid until")),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("clear", "Clear"),
                            ("measures", "Clear with measures"),
                            ("not_acceptable", "Not acceptable"),
                        ],
                        max_length=20,
                        verbose_name="finding",
                    ),
                ),
                ("note", models.TextField(verbose_name="note")),
                ("recorded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StageChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("potential", "Potential"),
                            ("contacted", "Contacted"),
                            ("interested", "Interested"),
                            ("pledged", "Pledged"),
                            ("agreed", "Agreed"),
                            ("received", "Received"),
                        ],
                        max_length=20,
                        verbose_name="stage",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="donor",
            name="next_step",
            field=models.CharField(blank=True, max_length=200, verbose_name="next step"),
        ),
        migrations.AddField(
            model_name="donor",
            name="next_step_on",
            field=models.DateField(null=True, verbose_name="next step due on"),
        ),
        migrations.AddField(
            model_name="donor",
            name="owner",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="who follows it up",
            ),
        ),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_step", ""), ("next_step_on", None)),
                    models.Q(
                        models.Q(("next_step", ""), _negated=True),
                        ("next_step_on__isnull", False),
                        ("owner__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="donor_next_step_has_day_and_owner",
                violation_error_message="A next step says who takes it, and by when.",
            ),
        ),
        migrations.AddField(
            model_name="duediligence",
            name="donor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="due_diligence", to="funds.donor"
            ),
        ),
        migrations.AddField(
            model_name="duediligence",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="alliance.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="duediligence",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="stagechange",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="stagechange",
            name="donor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stage_changes", to="funds.donor"
            ),
        ),
        migrations.AddIndex(
            model_name="duediligence",
            index=models.Index(fields=["donor", "-done_on", "-id"], name="due_diligence_newest"),
        ),
        migrations.AddConstraint(
            model_name="duediligence",
            constraint=models.CheckConstraint(
                condition=models.Q(("finding__in", ["clear", "measures", "not_acceptable"])),
                name="due_diligence_finding_known",
                violation_error_message="This is not a finding of due diligence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="duediligence",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("done_on"))),
                name="due_diligence_valid_after_done",
                violation_error_message="A finding is valid for at least a day after it was made.",
            ),
        ),
        migrations.AddConstraint(
            model_name="duediligence",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True),
                name="due_diligence_says_what_was_found",
                violation_error_message="A finding says what was looked at and found.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stagechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage__in", ["potential", "contacted", "interested", "pledged", "agreed", "received"])
                ),
                name="stage_change_known",
                violation_error_message="This is not a stage of the pipeline.",
            ),
        ),
        append_only("funds_stagechange"),
        append_only("funds_duediligence"),
    ]
