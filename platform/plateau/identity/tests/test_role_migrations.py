"""Members, providers and tokens of 0.2.0 come through the migrations to roles, and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("identity", "0007_project_by_number")], [("identity", "0011_members_have_roles")]


def migrate(target: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(target)


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_roles_and_scopes_of_before_are_kept_forward_and_back():
    try:
        migrate(BEFORE)
        rows(
            """
INSERT INTO identity_organization (name, slug, created_at) VALUES ('Ours', 'ours', now());
INSERT INTO identity_user (password, email, name, language, is_active, created_at)
  SELECT '!', role || '@ours.example', role, 'en', true, now()
  FROM unnest(ARRAY['customer', 'annotator', 'reviewer', 'manager', 'scientist', 'admin']) role;
INSERT INTO identity_membership (organization_id, user_id, role, is_active, created_at)
  SELECT o.id, u.id, u.name, true, now() FROM identity_organization o, identity_user u;
INSERT INTO identity_singlesignon (organization_id, issuer, client_id, secret, joins_as)
  SELECT id, 'https://id.example', 'x', 'x', 'reviewer' FROM identity_organization;
INSERT INTO identity_apitoken (membership_id, name, prefix, digest, scopes, created_at)
  SELECT id, 'x', 'plt_', role, '["projects:read", "self"]', now() FROM identity_membership;
SELECT 1
"""
        )
        before = rows("SELECT user_id, role FROM identity_membership ORDER BY 1")
        migrate(AFTER)
        after = "SELECT m.user_id, r.key FROM identity_membership m JOIN identity_role r ON r.id = m.role_id ORDER BY 1"
        assert rows(after) == before
        assert len(before) == 6
        provider = "SELECT r.key FROM identity_singlesignon s JOIN identity_role r ON r.id = s.default_role_id"
        assert rows(provider) == [("reviewer",)]
        assert rows("SELECT DISTINCT scopes::text FROM identity_apitoken") == [('["projects.read", "self"]',)]
        migrate(BEFORE)
        assert rows("SELECT user_id, role FROM identity_membership ORDER BY 1") == before
        assert rows("SELECT joins_as FROM identity_singlesignon") == [("reviewer",)]
        assert rows("SELECT DISTINCT scopes::text FROM identity_apitoken") == [('["projects:read", "self"]',)]
    finally:
        MigrationExecutor(connection).migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
