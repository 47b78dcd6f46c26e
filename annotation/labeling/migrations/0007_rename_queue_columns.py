"""Tables and columns of the queue get the names of the glossary.

Indexes and constraints follow renamed columns by themselves: only what Django knows of them changes, and nothing is
built again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TASK = {
    "wanted": "required_annotations",
    "given": "annotation_count",
    "room": "available_slots",
    "skips": "skip_count",
}
_MEMBERSHIP = {
    "assigned": "is_assigned",
    "cap": "max_annotations",
    "paused_why": "pause_reason",
    "answered": "annotation_count",
    "practiced": "qualification_count",
    "gold_given": "gold_count",
    "gold_right": "gold_correct_count",
    "low_epoch": "cursor_queue_version",
    "low_position": "cursor_position",
    "low_shuffle": "cursor_shuffle",
    "low_id": "cursor_task_id",
}
_WORKDAY = {"answered": "annotation_count", "finished": "completed_count", "reviewed": "review_count"}
_CONSTRAINTS = [
    ("labeling_task", "no_task_beyond_its_overlap", "available_slots_not_negative"),
    ("labeling_task", "done_has_answer", "done_has_annotation"),
    ("labeling_annotation", "answer_once", "annotation_client_id_once"),
    ("labeling_draft", "one_draft", "draft_once"),
    ("labeling_projectmembership", "one_seat", "project_membership_once"),
    ("labeling_workday", "one_workday", "workday_once"),
]


def _renamed(model: str, fields: dict[str, str]) -> list[migrations.RenameField]:
    return [migrations.RenameField(model, old_name, new_name) for old_name, new_name in fields.items()]


def _queue_index(name: str, first: list[str], conditions: list[tuple[str, object]]) -> migrations.AddIndex:
    fields = [*first, "position", "shuffle", "id"]
    condition = models.Q(("available_slots__gt", 0), ("state", "open"), *conditions)
    return migrations.AddIndex("task", models.Index(condition=condition, fields=fields, name=name))


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0006_relabeled"),
        ("projects", "0004_rename_queue_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("Prelabel", "PreAnnotation"),
        migrations.RenameField("preannotation", "hidden", "is_hidden"),
        migrations.AlterField(
            "preannotation",
            "task",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="pre_annotation",
                serialize=False,
                to="labeling.task",
            ),
        ),
        migrations.RenameField("annotation", "prelabel_shown", "pre_annotation_shown"),
        migrations.RenameModel("Seat", "ProjectMembership"),
        *_renamed("projectmembership", _MEMBERSHIP),
        migrations.AlterField(
            "projectmembership",
            "project",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="projects.project",
            ),
        ),
        *_renamed("workday", _WORKDAY),
        migrations.RenameField("lease", "until", "expires_at"),
        migrations.AlterField(
            "lease",
            "kind",
            models.CharField(
                choices=[
                    ("annotation", "Annotation"),
                    ("gold", "Gold"),
                    ("qualification", "Qualification"),
                    ("review", "Review"),
                ],
                max_length=13,
            ),
        ),
        migrations.RunSQL(
            "UPDATE labeling_lease SET kind = CASE kind WHEN 'answer' THEN 'annotation' ELSE 'qualification' END "
            "WHERE kind IN ('answer', 'practice')",
            "UPDATE labeling_lease SET kind = CASE kind WHEN 'annotation' THEN 'answer' ELSE 'practice' END "
            "WHERE kind IN ('annotation', 'qualification')",
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                *_renamed("task", _TASK),
                *(
                    migrations.RunSQL(
                        f"ALTER TABLE {table} RENAME CONSTRAINT {old_name} TO {new_name}",
                        f"ALTER TABLE {table} RENAME CONSTRAINT {new_name} TO {old_name}",
                    )
                    for table, old_name, new_name in _CONSTRAINTS
                ),
            ],
            state_operations=[
                migrations.RemoveIndex("task", "task_queue_all"),
                migrations.RemoveIndex("task", "task_queue_person"),
                migrations.RemoveIndex("task", "task_queue_team"),
                migrations.RemoveConstraint("task", "no_task_beyond_its_overlap"),
                migrations.RemoveConstraint("task", "done_has_answer"),
                migrations.RemoveConstraint("annotation", "answer_once"),
                migrations.RemoveConstraint("draft", "one_draft"),
                migrations.RemoveConstraint("projectmembership", "one_seat"),
                migrations.RemoveConstraint("workday", "one_workday"),
                *_renamed("task", _TASK),
                _queue_index("task_queue_all", ["project"], [("assignee", None), ("team", None)]),
                _queue_index("task_queue_person", ["assignee", "project"], [("assignee__isnull", False)]),
                _queue_index("task_queue_team", ["team", "project"], [("team__isnull", False)]),
                migrations.AddConstraint(
                    "task",
                    models.CheckConstraint(
                        condition=models.Q(("available_slots__gte", 0)), name="available_slots_not_negative"
                    ),
                ),
                migrations.AddConstraint(
                    "task",
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True), ("annotation__isnull", False), _connector="OR"
                        ),
                        name="done_has_annotation",
                    ),
                ),
                migrations.AddConstraint(
                    "annotation",
                    models.UniqueConstraint(fields=("task", "client_id"), name="annotation_client_id_once"),
                ),
                migrations.AddConstraint("draft", models.UniqueConstraint(fields=("user", "task"), name="draft_once")),
                migrations.AddConstraint(
                    "projectmembership",
                    models.UniqueConstraint(
                        fields=("project", "user"), name="project_membership_once", nulls_distinct=False
                    ),
                ),
                migrations.AddConstraint(
                    "workday",
                    models.UniqueConstraint(fields=("project", "user", "day"), name="workday_once"),
                ),
            ],
        ),
    ]
