"""Only members reach a project that is not open to everyone. Whoever could manage, review or train there before stays in
as a member; managers remove those who do not belong. And who held a task is remembered when the lease runs out.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0014_reach_of_roles"),
        ("labeling", "0009_translated_texts"),
        ("projects", "0008_added_datasets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpiredLease",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "user_id", "task_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("expired_at", models.DateTimeField()),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="expired_leases", to="labeling.task"
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
            ],
        ),
        migrations.RunSQL(
            """
INSERT INTO labeling_projectmembership (project_id, user_id, is_assigned)
SELECT p.id, m.user_id, true FROM projects_project p
JOIN identity_membership m ON m.organization_id = p.organization_id AND m.is_active
JOIN identity_role r ON r.id = m.role_id
WHERE NOT p.is_open_to_everyone AND r.reach = 'open'
  AND r.scopes ?| array['projects.write', 'labels.review', 'runs.write']
ON CONFLICT (project_id, user_id) DO UPDATE SET is_assigned = true
""",
            migrations.RunSQL.noop,
        ),
    ]
