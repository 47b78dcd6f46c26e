"""The old columns go; indexes and constraints of the new ones come."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0004_carry_over")]

    operations = [
        migrations.AlterField(
            model_name="annotation",
            name="project",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="projects.project"),
        ),
        migrations.RemoveConstraint(
            model_name="draft",
            name="one_draft",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_queue",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_held",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_expiry",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_counts",
        ),
        migrations.RemoveIndex(
            model_name="task",
            name="task_mine",
        ),
        migrations.RemoveField(
            model_name="task",
            name="answered_at",
        ),
        migrations.RemoveField(
            model_name="task",
            name="answered_by",
        ),
        migrations.RemoveField(
            model_name="task",
            name="lease_until",
        ),
        migrations.RemoveField(
            model_name="task",
            name="lease_user",
        ),
        migrations.RemoveField(
            model_name="task",
            name="priority",
        ),
        migrations.RemoveField(
            model_name="task",
            name="skip_reason",
        ),
        migrations.AlterField(
            model_name="annotation",
            name="task",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="annotations",
                to="labeling.task",
            ),
        ),
        migrations.AlterField(
            model_name="annotation",
            name="user",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="user",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="project",
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="projects.project"),
        ),
        migrations.AlterField(
            model_name="task",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("review", "Review"), ("done", "Done"), ("skipped", "Skipped")],
                default="open",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="annotation",
            index=models.Index(fields=["project", "user", "-id"], name="annotation_of_person"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("room__gt", 0), ("state", "open"), ("assignee", None), ("team", None)),
                fields=["project", "position", "shuffle", "id"],
                name="task_queue_all",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("room__gt", 0), ("state", "open"), ("assignee__isnull", False)),
                fields=["assignee", "project", "position", "shuffle", "id"],
                name="task_queue_person",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("room__gt", 0), ("state", "open"), ("team__isnull", False)),
                fields=["team", "project", "position", "shuffle", "id"],
                name="task_queue_team",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "review")),
                fields=["project", "position", "shuffle", "id"],
                name="task_queue_review",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["project", "state", "-id"], name="task_list"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("agreement__isnull", False)),
                fields=["project", "agreement", "id"],
                name="task_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("user", "task"), name="one_draft"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "review", "done", "skipped"])), name="task_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(condition=models.Q(("room__gte", 0)), name="no_task_beyond_its_overlap"),
        ),
    ]
