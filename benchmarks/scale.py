"""A million items and ten million label rows: what lists, filters, dashboards, exports and snapshots cost beside a
hundredth of that.

    python -m launcher.temporary python benchmarks/scale.py [--items 1000000] [--share 100] [--answers 10]

Two organizations in one database: a large one with `items` pictures, each answered `answers` times (one project, ten
people, one answer in a hundred reviewed), and a small one with a `share`-th of that. Rows are written by COPY. Each
address is asked by a script's token in this process, alternating between both; the medians and their ratio are told. A
ratio above 1.2 is named. What reads every row by its nature (an export, a freeze) is told for each row.
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
        started = time.monotonic()
        sides[name] = seed(name, items, options.answers)
        print(
            f"{name}: {items:,} items, {items * options.answers:,} answers in {time.monotonic() - started:.0f} s",
            flush=True,
        )
    analyze()
    rows = [request_route(route, sides) for route in ROUTES]
    rows += [
        for_each_row(name, act, sides) for name, act in (("an export, a row", export), ("a freeze, a row", freeze))
    ]
    for row in rows:
        mark = "  ← above" if row["ratio"] > BOUND else ""
        print(f"{row['route']:60} {row['small_ms']:9.1f} {row['large_ms']:9.1f} ms  ×{row['ratio']:.2f}{mark}")
    print(json.dumps(rows))


ROUTES = (
    "projects/",
    "projects/{project}/",
    "projects/{project}/tasks/",
    "projects/{project}/tasks/?state=open",
    "projects/{project}/tasks/?state=done&cursor={deep}",
    "projects/{project}/tasks/?state=all&annotator_id={person}",
    "projects/{project}/tasks/?state=all&ordering=agreement&has_agreement=true",
    "projects/{project}/tasks/?state=all&ordering=agreement&has_agreement=true&cursor={half_way}",
    "projects/{project}/overview/",
    "projects/{project}/members/",
    "projects/{project}/members/me/",
    "projects/{project}/agreement/",
    "projects/{project}/gold/",
    "projects/{project}/label-issues/",
    "projects/{project}/pre-annotation-effect/",
    "projects/{project}/snapshots/",
    "projects/{project}/runs/",
    "projects/{project}/cost-model/",
    "projects/{project}/formats/",
    "tasks/{task}/",
    "tasks/{task}/history/",
    "datasets/",
    "datasets/{dataset}/",
    "datasets/{dataset}/items/",
    "datasets/{dataset}/items/?cursor={deep_item}",
    "jobs/",
    "audit-log/",
    "audit-log/?action=task.answered",
    "audit-log/?user_id={person}",
    "audit-log/accesses/by-user/",
    "audit-log/accesses/",
    "erasures/",
    "forecasts/",
    "members/",
)

_ASSETS = """
INSERT INTO datalake_asset (organization_id, sha256, media_type, content_type, size, facts, storage_key, display_key,
    display_type, thumbnail_key, thumbnail_type, fingerprint, created_at)
SELECT %(organization)s, md5(n::text) || md5(n::text || 'x'), 'image', 'image/png', 1000,
    '{"width": 64, "height": 64}', 'a/' || n, 'a/' || n, 'image/png', 'a/' || n || '.t', 'image/png',
    decode((SELECT string_agg(repeat(substr(md5(n::text), 2 * k - 1, 2), 16), '')
            FROM generate_series(1, 16) k), 'hex'), now() FROM generate_series(1, %(items)s) n
"""
_ITEMS = """
INSERT INTO datalake_item (dataset_id, asset_id, uri, text, name, meta, created_at)
SELECT %(dataset)s, id, '', '', id || '.png', '{}', now() FROM datalake_asset WHERE organization_id = %(organization)s
"""
_DONE_TASKS = """
UPDATE labeling_task t SET state = 'done', annotation_id = a.last, annotation_count = %(answers)s, available_slots = 0,
    agreement = CASE WHEN t.id %% 10 = 1 THEN (t.shuffle %% 1000) / 1000.0 END
FROM (SELECT task_id, max(id) AS last FROM labeling_annotation WHERE project_id = %(project)s GROUP BY task_id) a
WHERE a.task_id = t.id AND t.project_id = %(project)s AND t.id %% 10 <> 0
"""
_MEMBERSHIPS = """
INSERT INTO labeling_projectmembership (project_id, user_id, annotation_count, done)
SELECT %(project)s, user_id, count(*), 0 FROM labeling_annotation WHERE project_id = %(project)s GROUP BY user_id
ON CONFLICT (project_id, user_id) DO UPDATE SET annotation_count = excluded.annotation_count;
UPDATE labeling_projectmembership SET
    open = (SELECT count(*) FROM labeling_task WHERE project_id = %(project)s AND state = 'open'),
    done = (SELECT count(*) FROM labeling_task WHERE project_id = %(project)s AND state = 'done')
WHERE project_id = %(project)s AND user_id IS NULL;
INSERT INTO quality_review (project_id, task_id, annotation_id, author_id, reviewer_id, round, verdict, reason,
    is_first_pass, client_id, active_ms, created_at)
SELECT %(project)s, task_id, id, user_id, %(person)s, 1, CASE WHEN id %% 7 = 0 THEN 'rejected' ELSE 'accepted' END, '',
    id %% 7 <> 0, gen_random_uuid(), 500, now()
FROM labeling_annotation WHERE project_id = %(project)s AND id %% 100 = 0;
INSERT INTO audit_dataaccess (organization_id, user_id, asset_id, day, at)
SELECT %(organization)s, %(person)s, id, now()::date, now() FROM datalake_asset
WHERE organization_id = %(organization)s AND id %% 10 = 0;
INSERT INTO audit_auditevent (organization_id, user_id, action, subject, subject_id, data, at)
SELECT %(organization)s, %(person)s, 'task.answered', 'x', id, '{}', now() FROM labeling_task
WHERE project_id = %(project)s AND id %% 10 = 0;
"""


def seed(name: str, items: int, answers: int) -> dict[str, Any]:
    """An organization with a project of pictures, everything answered `answers` times, by ten people in turn."""
    from django.db import connection

    from annotation.labeling.models import Task
    from annotation.labeling.services import sync_tasks
    from annotation.projects.services import create_project
    from labelkit.annotations import LabelIn, SchemaIn
    from plateau.datalake.services import create_dataset
    from plateau.http.paging import CursorPosition
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.models import Membership, User
    from plateau.identity.services import create_organization, create_token, role_by_key

    member = create_organization(name=name, admin_email=f"{name}@x.example", admin_name=name, password=uuid.uuid4().hex)
    actor = actor_of_membership(member)
    people = [User.objects.create(email=f"{name}-{n}@x.example", name=f"P {n}") for n in range(10)]
    annotator = role_by_key(organization_id=member.organization_id, key="annotator")
    for person in people:
        Membership.objects.create(organization=member.organization, user=person, role=annotator)
    dataset = create_dataset(actor=actor, name="Data")
    labels = [LabelIn(id="a", name="A", color="#b91c1c"), LabelIn(id="b", name="B", color="#15803d")]
    project = create_project(
        actor=actor, dataset=dataset, name="Project", kind="classification", schema=SchemaIn(labels=labels)
    )
    words = {
        "organization": actor.organization_id, "dataset": dataset.pk, "items": items, "project": project.pk,
        "answers": answers, "person": people[0].pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ASSETS, words)
        cursor.execute(_ITEMS, words)
    sync_tasks(dataset.pk)
    with connection.cursor() as cursor:
        _answer(cursor, project.pk, [person.pk for person in people], answers)
        cursor.execute("ANALYZE labeling_annotation")
        cursor.execute(_DONE_TASKS, words)
        cursor.execute(_MEMBERSHIPS, words)
    token = create_token(actor=actor, name="scale", scopes=sorted(actor.scopes))[1]
    tasks = Task.objects.filter(project=project, state="done").order_by("pk")
    middle = tasks[items // 2]
    return {
        "token": token, "project": project.pk, "dataset": dataset.pk, "person": people[0].pk, "items": items,
        "actor": actor, "task": middle.pk, "deep": CursorPosition("-id", False, None, middle.pk).write(),
        "deep_item": CursorPosition("-id", False, None, middle.item_id).write(),
        "half_way": CursorPosition("agreement", False, 0.5, middle.pk).write(),
    }  # fmt: skip


def _answer(cursor: Any, project: int, people: list[int], answers: int) -> None:
    columns = "project_id, task_id, user_id, client_id, value, schema_version, guideline_version, created_at"
    columns += ", source, active_ms"
    cursor.execute("SELECT min(id), max(id) FROM labeling_task WHERE project_id = %s", [project])
    first, last = cursor.fetchone()
    for begin in range(first, last + 1, 50_000):
        out = io.StringIO()
        for task in range(begin, min(begin + 50_000, last + 1)):
            for number in range(answers):
                value = '{"label": "a"}' if (task + number) % 7 else '{"label": "b"}'
                user = people[(task + number) % len(people)]
                fields = (project, task, user, uuid.UUID(int=task << 32 | number), value, 1, 1, "now", "person", 900)
                out.write("\t".join(map(str, fields)) + "\n")
        out.seek(0)
        cursor.copy_expert(f"COPY labeling_annotation ({columns}) FROM STDIN", out)


def analyze() -> None:
    """As autovacuum would have done."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def request_route(route: str, sides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Medians of both sides."""
    from django.test import Client

    took: dict[str, list[float]] = {"small": [], "large": []}
    for _ in range(ROUNDS + 1):
        for name, side in sides.items():
            client = Client(headers={"Authorization": f"Bearer {side['token']}"})
            started = time.perf_counter()
            answer = client.get(f"/api/v1/{route.format(**side)}")
            took[name].append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200, (route, answer.status_code, answer.content[:300])
    small, large = (statistics.median(took[name][1:]) for name in ("small", "large"))
    return {"route": route, "small_ms": round(small, 2), "large_ms": round(large, 2), "ratio": round(large / small, 2)}


def for_each_row(name: str, act: Any, sides: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Milliseconds for a thousand rows."""
    times = {}
    for side, server in sides.items():
        started = time.perf_counter()
        act(server)
        times[f"{side}_ms"] = round((time.perf_counter() - started) * 1e6 / server["items"], 2)
    return {"route": name + " (a thousand)", **times, "ratio": round(times["large_ms"] / times["small_ms"], 2)}


def export(side: dict[str, Any]) -> None:
    """JSON lines, read to the end."""
    from django.test import Client

    answer = Client(headers={"Authorization": f"Bearer {side['token']}"}).get(
        f"/api/v1/projects/{side['project']}/export/?format=jsonl"
    )
    assert sum(len(piece) for piece in answer.streaming_content) > side["items"]


def freeze(side: dict[str, Any]) -> None:
    """A snapshot, as the worker builds it."""
    from annotation.projects.models import Project
    from annotation.snapshots.services import build_snapshot, create_snapshot
    from plateau.jobs import services as jobs
    from plateau.jobs.handlers import Running

    project = Project.objects.get(pk=side["project"])
    snapshot = create_snapshot(actor=side["actor"], project=project)
    claim = jobs.claim_job(job_id=snapshot.job_id, worker="scale")
    assert claim is not None
    build_snapshot(Running(claim, snapshot.job))
    snapshot.refresh_from_db()
    assert snapshot.item_count > side["items"] * 0.8


if __name__ == "__main__":
    main()
