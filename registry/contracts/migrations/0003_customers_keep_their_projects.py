"""Customers see the projects that they are given: those whose contracts they signed are theirs already."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_evaluations"), ("labeling", "0010_members_of_closed_projects")]

    operations = [
        migrations.RunSQL(
            """
INSERT INTO labeling_projectmembership (project_id, user_id, is_assigned)
SELECT DISTINCT c.project_id, s.user_id, true FROM contracts_signature s
JOIN contracts_contract c ON c.id = s.contract_id
JOIN projects_project p ON p.id = c.project_id
JOIN identity_membership m ON m.user_id = s.user_id AND m.organization_id = p.organization_id AND m.is_active
JOIN identity_role r ON r.id = m.role_id
WHERE r.reach = 'given'
ON CONFLICT (project_id, user_id) DO UPDATE SET is_assigned = true
""",
            migrations.RunSQL.noop,
        ),
    ]
