"""A million items and ten million label rows: what lists, dashboards, exports and snapshots cost beside a hundredth.

    python -m launcher.temporary python benchmarks/scale.py [--items 1000000] [--share 100] [--answers 10]

Two organizations in one database: a large one with `items` items, each answered `answers` times (one project), and a
small one with a `share`-th of that. Rows are written by COPY. Each address is asked by a script's token in this
process, alternating between both; the medians and their ratio are told, and the statement that took longest. A ratio
above 1.2 is named.
"""

import argparse
import io
import json
import statistics
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

BOUND = 1.2
ROUNDS = 7


def main() -> None:
    """Seed, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--share", type=int, default=100)
    parser.add_argument("--answers", type=int, default=10)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("prepare")
    sides = {}
    for name, items in (("small", options.items // options.share), ("large", options.items)):
        begun = time.monotonic()
        sides[name] = seed(name, items, options.answers)
        print(
            f"{name}: {items:,} items, {items * options.answers:,} answers in {time.monotonic() - begun:.0f} s",
            flush=True,
        )
    analyze()
    rows = [asked(route, sides) for route in ROUTES]
    for row in rows:
        mark = "  ← above" if row["ratio"] > BOUND else ""
        print(f"{row['route']:60} {row['small_ms']:9.1f} {row['large_ms']:9.1f} ms  ×{row['ratio']:.2f}{mark}")
    print(json.dumps(rows))


ROUTES = (
    "projects/",
    "projects/{project}/",
    "projects/{project}/tasks/",
    "projects/{project}/tasks/?state=done",
    "projects/{project}/tasks/?state=open",
    "projects/{project}/overview/",
    "projects/{project}/seats/",
    "projects/{project}/agreement/",
    "projects/{project}/gold/",
    "projects/{project}/snapshots/",
    "projects/{project}/runs/",
    "projects/{project}/economics/",
    "datasets/",
    "datasets/{dataset}/items/",
    "jobs/",
    "audit/",
    "audit/seen/",
    "portfolio/",
    "members/",
)


def seed(name: str, items: int, answers: int) -> dict[str, Any]:
    """An organization with a project of boxes, everything answered `answers` times."""
    from django.db import connection
    from plateau.datalake.services import create_dataset
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.services import create_organization, create_token

    from annotation.labeling.services import sync_tasks
    from annotation.projects.kinds import LabelIn, SchemaIn
    from annotation.projects.services import create_project

    member = create_organization(name=name, admin_email=f"{name}@x.example", admin_name=name, password=uuid.uuid4().hex)
    actor = actor_of_membership(member)
    dataset = create_dataset(actor=actor, name="Data")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO datalake_item (dataset_id, uri, text, name, meta, created_at) "
            "SELECT %s, 'storage:x/' || n || '.png', '', n || '.png', '{}', now() FROM generate_series(1, %s) n",
            [dataset.pk, items],
        )
    labels = [LabelIn(id="a", name="A", color="#b91c1c"), LabelIn(id="b", name="B", color="#15803d")]
    project = create_project(
        actor=actor, dataset=dataset, name="Project", kind="classification", schema=SchemaIn(labels=labels)
    )
    sync_tasks(dataset.pk)
    with connection.cursor() as cursor:
        columns = "project_id, task_id, user_id, client_id, value, schema_version, guideline_version, created_at"
        columns += ", source, active_ms"
        cursor.execute("SELECT min(id), max(id) FROM labeling_task WHERE project_id = %s", [project.pk])
        first, last = cursor.fetchone()
        for begin in range(first, last + 1, 50_000):
            out = io.StringIO()
            for task in range(begin, min(begin + 50_000, last + 1)):
                for number in range(answers):
                    label = "a" if (task + number) % 7 else "b"
                    value = f'{{"label": "{label}"}}'
                    fields = (project.pk, task, actor.user_id, uuid.uuid4(), value, 1, 1, "now", "person", 900)
                    out.write("\t".join(map(str, fields)) + "\n")
            out.seek(0)
            cursor.copy_expert(f"COPY labeling_annotation ({columns}) FROM STDIN", out)
        cursor.execute(
            "UPDATE labeling_task t SET state = 'done', annotation_id = a.id FROM "
            "(SELECT DISTINCT ON (task_id) task_id, id FROM labeling_annotation ORDER BY task_id, id DESC) a "
            "WHERE a.task_id = t.id AND t.project_id = %s AND t.id %% 10 <> 0",
            [project.pk],
        )
    token = create_token(actor=actor, name="scale", scopes=sorted(actor.scopes))[1]
    return {"token": token, "project": project.pk, "dataset": dataset.pk}


def analyze() -> None:
    """As autovacuum would have done."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def asked(route: str, sides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Medians of both sides."""
    from django.test import Client

    took: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(ROUNDS + 1):
        for name, side in sides.items():
            client = Client(headers={"Authorization": f"Bearer {side['token']}"})
            begun = time.perf_counter()
            answer = client.get(f"/api/v1/{route.format(**side)}")
            took[name].append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, (route, answer.status_code, answer.content[:300])
    small, large = (statistics.median(took[name][1:]) for name in ("small", "large"))
    return {"route": route, "small_ms": round(small, 2), "large_ms": round(large, 2), "ratio": round(large / small, 2)}


if __name__ == "__main__":
    main()
