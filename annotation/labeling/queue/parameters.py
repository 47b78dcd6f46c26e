"""What the queue's statements are bound to."""

from typing import Any

from django.conf import settings

from plateau.access.scopes import Actor

Parameters = dict[str, Any]
PARAMETER_TYPES = {
    "user_id": "bigint",
    "organization_id": "bigint",
    "token_project_id": "bigint",
    "reach": "text",
    "project_id": "bigint",
    "task_id": "bigint",
    "count": "int",
    "lease_seconds": "int",
    "client_id": "uuid",
    "queue_version": "int",
    "cursor_position": "float8",
    "cursor_shuffle": "int",
    "cursor_task_id": "bigint",
    "lease_kind": "text",
    "is_qualification": "bool",
    "source": "text",
    "value": "jsonb",
    "schema_version": "int",
    "guideline_version": "int",
    "supersedes_id": "bigint",
    "active_ms": "int",
    "rework_ms": "int",
    "pre_annotation_shown": "bool",
    "state": "text",
    "annotation_count": "smallint",
    "available_slots": "smallint",
    "is_resolution": "bool",
    "first_annotations": "int",
    "open": "int",
    "review": "int",
    "done": "int",
    "skipped": "int",
}


def actor_parameters(actor: Actor, **parameters: object) -> Parameters:
    """Parameters of the statements that say who asks, with others added."""
    return {
        "user_id": actor.user_id,
        "organization_id": actor.organization_id,
        "token_project_id": actor.project_id,
        "reach": actor.reach.value,
        "lease_seconds": settings.LEASE_SECONDS,
        **parameters,
    }
