"""`python -m tests.installation`: make an installation from nothing, and print as JSON everything that it has.

The environment says which database, and by `PLATEAU_APPLICATIONS` which applications.
"""

import json
import os
import secrets
import sys
import uuid
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import app as celery
from plateau.access.scopes import Scope
from plateau.audit.models import AuditEvent
from plateau.datalake.hooks import after_ingest, data_holders
from plateau.identity.hooks import person_erasure_handlers
from plateau.identity.services import create_organization
from plateau.jobs.kinds import JOB_KINDS
from plateau.telemetry.health import CHECKS, SCHEMAS
from plateau.telemetry.metrics import exposition
from workers.catalog import RECIPES
from workers.demo.additions import additions


def names_of_routes(patterns: list[Any]) -> list[str]:
    """Of every address, also of those that the document leaves out."""
    names = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            names += names_of_routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            names.append(pattern.name or pattern.lookup_str)
    return sorted(names)


def modules_of(functions: list[Any]) -> list[str]:
    return sorted(function.__module__ for function in functions)


def main() -> None:
    """Numbers in the addresses to be asked for come as arguments."""
    call_command("check", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    setup_test_environment()
    number = uuid.uuid4().hex
    admin = create_organization(
        name=number, admin_email=f"{number}@ours.example", admin_name="A", password=secrets.token_urlsafe()
    )
    client = Client()
    client.force_login(admin.user, backend="django.contrib.auth.backends.ModelBackend")
    celery.loader.import_default_modules()
    facts = {
        "apps": sorted(config.name for config in apps.get_app_configs()),
        "tables": sorted(connection.introspection.table_names()),
        "content types": sorted(
            f"{content_type.app_label}.{content_type.model}" for content_type in ContentType.objects.all()
        ),
        "permissions": sorted(
            f"{label}.{name}" for label, name in Permission.objects.values_list("content_type__app_label", "codename")
        ),
        "audit actions": sorted(set(AuditEvent.objects.values_list("action", flat=True))),
        "document": client.get("/api/v1/schema/").json(),
        "statuses": {address: client.get(address).status_code for address in sys.argv[1:]},
        "routes": names_of_routes(get_resolver().url_patterns),
        "applications": client.get("/api/v1/me/").json()["applications"],
        "kinds": sorted(entry.kind.key for entry in JOB_KINDS.values()),
        "beat": sorted(celery.conf.beat_schedule),
        "tasks": sorted(name for name in celery.tasks if not name.startswith("celery.")),
        "recipes": sorted(row["key"] for row in client.get("/api/v1/recipes/").json()["results"]),
        "recipe modules": sorted(spec.module for spec in RECIPES.values()),
        "scopes": sorted(Scope),
        "data holders": modules_of([holder.erase for holder in data_holders]),
        "when erased": modules_of(person_erasure_handlers),
        "after ingest": modules_of(after_ingest),
        "readiness": sorted(CHECKS) + modules_of(SCHEMAS),
        "metrics": sorted({line.split()[2] for line in exposition().decode().splitlines() if line.startswith("# ")}),
        "demo": modules_of(additions()),
        "modules": sorted(name for name in sys.modules if name.startswith("workers.applications.")),
    }
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
