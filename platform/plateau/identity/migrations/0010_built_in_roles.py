"""The built-in roles with the scopes that the code gave them before, and every member's role as a reference."""

from typing import Any

from django.db import migrations

_EVERYONE = ["projects.read", "labels.write"]
_READING = ["runs.read", "models.read", "models.predict", "contracts.read"]
_DATA = ["snapshots.read", "data.read", "members.read"]
_STAFF = [
    *_EVERYONE,
    *_READING,
    *_DATA,
    "contracts.write",
    "contracts.sign",
    "labels.review",
    "data.write",
    "snapshots.write",
    "runs.write",
]
ROLES: dict[str, list[str]] = {
    "customer": [*_READING, "projects.read", "contracts.sign"],
    "annotator": _EVERYONE,
    "reviewer": [*_EVERYONE, "labels.review", "data.read"],
    "manager": [*_STAFF, "projects.write", "models.approve"],
    "scientist": [*_STAFF, "models.write"],
    "admin": [
        *_STAFF,
        "projects.write",
        "models.approve",
        "models.write",
        "data.erase",
        "members.write",
        "audit.read",
    ],
}


def create_roles(apps: Any, _editor: Any) -> None:
    """The built-in roles."""
    role = apps.get_model("identity", "Role")
    for key, scopes in ROLES.items():
        role.objects.create(organization=None, key=key, title=key, scopes=sorted(scopes))


class Migration(migrations.Migration):
    dependencies = [("identity", "0009_roles")]

    operations = [
        migrations.RunPython(create_roles, migrations.RunPython.noop),
        migrations.RunSQL(
            """
UPDATE identity_membership m SET role_id = r.id FROM identity_role r
WHERE r.organization_id IS NULL AND r.key = m.role_key;
UPDATE identity_singlesignon s SET default_role_id = r.id FROM identity_role r
WHERE r.organization_id IS NULL AND r.key = s.joins_as;
""",
            # A role of an organization's own has no name there: its members keep the least of the names.
            """
UPDATE identity_membership m SET role_key = CASE WHEN r.organization_id IS NULL THEN r.key ELSE 'annotator' END
FROM identity_role r WHERE r.id = m.role_id;
UPDATE identity_singlesignon s SET joins_as = r.key FROM identity_role r
WHERE r.organization_id IS NULL AND r.id = s.default_role_id;
""",
        ),
    ]
