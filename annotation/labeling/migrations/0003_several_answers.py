"""Leases, seats and answers by several people get their places."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("datalake", "0003_item_text"),
        ("labeling", "0002_append_only"),
        ("projects", "0002_teams_and_queue_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("region", models.CharField(blank=True, default="", max_length=40)),
                ("text", models.CharField(max_length=2000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("resolved_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="leases", to="labeling.task"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "task_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("answer", "Answer"),
                            ("gold", "Gold"),
                            ("practice", "Practice"),
                            ("review", "Review"),
                        ],
                        max_length=8,
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Prelabel",
            fields=[
                (
                    "task",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="prelabel",
                        serialize=False,
                        to="labeling.task",
                    ),
                ),
                ("value", models.JSONField()),
                ("score", models.FloatField(null=True)),
                ("model", models.CharField(max_length=200)),
                ("hidden", models.BooleanField(db_default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("assigned", models.BooleanField(db_default=False)),
                ("cap", models.IntegerField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("paused_why", models.CharField(blank=True, db_default="", max_length=200)),
                ("answered", models.IntegerField(db_default=0)),
                ("active_ms", models.BigIntegerField(db_default=0)),
                ("practiced", models.IntegerField(db_default=0)),
                ("gold_given", models.IntegerField(db_default=0)),
                ("gold_right", models.IntegerField(db_default=0)),
                ("open", models.IntegerField(db_default=0)),
                ("review", models.IntegerField(db_default=0)),
                ("done", models.IntegerField(db_default=0)),
                ("skipped", models.IntegerField(db_default=0)),
                ("low_epoch", models.IntegerField(db_default=-1)),
                ("low_position", models.FloatField(db_default=0)),
                ("low_shuffle", models.IntegerField(db_default=0)),
                ("low_id", models.BigIntegerField(db_default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Workday",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("answered", models.IntegerField(db_default=0)),
                ("finished", models.IntegerField(db_default=0)),
                ("reviewed", models.IntegerField(db_default=0)),
                ("active_ms", models.BigIntegerField(db_default=0)),
                ("review_ms", models.BigIntegerField(db_default=0)),
                ("rework_ms", models.BigIntegerField(db_default=0)),
            ],
        ),
        migrations.AddField(
            model_name="annotation",
            name="confidence",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="annotation",
            name="prelabel_shown",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="annotation",
            name="project",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, to="projects.project"
            ),
        ),
        migrations.AddField(
            model_name="annotation",
            name="source",
            field=models.CharField(
                choices=[
                    ("person", "Person"),
                    ("reviewer", "Reviewer"),
                    ("consensus", "Consensus"),
                    ("imported", "Imported"),
                    ("model", "Model"),
                ],
                default="person",
                max_length=9,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="agreement",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="given",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="task",
            name="position",
            field=models.FloatField(default=0),
        ),
        migrations.AddField(
            model_name="task",
            name="room",
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="task",
            name="skips",
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="task",
            name="team",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="projects.team",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="wanted",
            field=models.SmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="comment",
            name="resolved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="labeling.task"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="project",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="seats", to="projects.project"
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="skipped_by", to="labeling.task"
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="workday",
            name="project",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="projects.project"),
        ),
        migrations.AddField(
            model_name="workday",
            name="user",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("project", "user"), name="one_seat", nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name="workday",
            constraint=models.UniqueConstraint(fields=("project", "user", "day"), name="one_workday"),
        ),
    ]
