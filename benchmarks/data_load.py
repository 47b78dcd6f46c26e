"""Import of tasks, export of labels, lists: CPU for each row, first byte, memory, cost at a million over a thousand.

    python -m launcher.temporary python benchmarks/data_load.py [--small 1000] [--large 1000000]

Import goes through the API's own code, in one request's worth of lines at a time; CPU is the process's and
PostgreSQL's. Exports are read through the view's stream. Lists are asked through the API, 30 rows a page, for
every filter offered, first page and deep ones; the cost of each at the large size is told over that at the small.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from labeling_load import cpu_seconds, people, plain_ms, processes, serving

CHUNK = 100_000


def spent() -> float:
    """CPU seconds of this process and PostgreSQL so far."""
    return time.process_time() + cpu_seconds(processes("postgres"))


def resident() -> float:
    """Megabytes that this process holds just now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def project_of(actor: object, name: str) -> object:
    """A project of boxes on a dataset of its own."""
    from annotation.projects.services import create_project
    from labelkit.annotations import LabelIn, SchemaIn
    from plateau.datalake.models import Dataset

    dataset = Dataset.objects.create(organization_id=actor.organization_id, name=name)
    labels = SchemaIn(labels=[LabelIn(id="car", name="Car", color="#123456")])
    return create_project(actor=actor, dataset=dataset, name=name, kind="boxes", schema=labels)


def import_tasks(actor: object, project: object, count: int) -> dict:
    """Milliseconds of CPU for each line."""
    from annotation.labeling.imports import import_lines

    bodies = [
        "\n".join(
            f'{{"uri": "https://x.example/{project.pk}/{n}.jpg", "meta": {{"shop": {n % 50}}}}}'
            for n in range(begin, min(begin + CHUNK, count))
        ).encode()
        for begin in range(0, count, CHUNK)
    ]
    before = spent()
    for body in bodies:
        import_lines(actor=actor, project=project, body=body)
    return {"what": "import", "rows": count, "ms_per_row": 1000 * (spent() - before) / count}


def label(project: object) -> None:
    """An answer of three boxes for every task, a tenth of them with two that differ."""
    from django.db import connection

    boxes = [
        {"id": f"r{n}", "label": "car", "shape": "box", "x": n * 9.5, "y": 4, "w": 30.25, "h": 20} for n in range(3)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO labeling_annotation (project_id, task_id, user_id, client_id, source, value, schema_version,
                guideline_version, active_ms, pre_annotation_shown, created_at)
            SELECT project_id, id, (SELECT min(id) FROM identity_user), gen_random_uuid(), 'person', %s, 1, 1, 900,
                false, now() FROM labeling_task WHERE project_id = %s
            """,
            [json.dumps({"regions": boxes}), project.pk],
        )
        cursor.execute(
            """
            UPDATE labeling_task t SET state = 'done', annotation_count = 1, available_slots = 0, annotation_id = n.id,
                agreement = CASE WHEN t.id %% 10 = 0 THEN random() END
            FROM labeling_annotation n WHERE n.task_id = t.id AND t.project_id = %s
            """,
            [project.pk],
        )
        cursor.execute("ANALYZE")
    connection.close()


def export(project: object, key: str) -> dict:
    """Milliseconds of CPU for each task, time to the first byte, growth of memory while streaming."""
    from annotation.formats.api import _gathered
    from annotation.formats.base import ExportData
    from annotation.formats.catalog import FORMATS
    from annotation.formats.queries import resolved_rows
    from annotation.projects.queries import current_schema

    schema = current_schema(project)
    rows = project.dataset.items.count()
    data = ExportData(project.name, project.kind, resolved_rows(project), schema.labels, schema.attributes)
    before, started, memory = spent(), time.perf_counter(), resident()
    first, size, most = 0.0, 0, 0.0
    for number, piece in enumerate(_gathered(FORMATS[key].write(data))):
        first = first or time.perf_counter() - started
        size += len(piece)
        if number % 50 == 0:
            most = max(most, resident())
    return {
        "what": f"export {key}",
        "rows": rows,
        "ms_per_row": 1000 * (spent() - before) / rows,
        "first_byte_ms": 1000 * first,
        "megabytes": size / 1e6,
        "memory_growth_mb": max(0.0, most - memory),
    }


def lists(projects: list, token: str) -> list[dict[str, float]]:
    """Milliseconds for a page of 30, by filter and depth: the median of 40, projects asked in turn."""
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {token}"})
    times: list[dict[str, list[float]]] = [{} for _ in projects]
    plans = [addresses(project) for project in projects]
    for _ in range(40):
        for plan_times, plan in zip(times, plans, strict=True):
            for name, address in plan.items():
                started = time.perf_counter()
                answer = client.get(address)
                plan_times.setdefault(name, []).append(1000 * (time.perf_counter() - started))
                assert answer.status_code == 200, answer.content
    return [{name: statistics.median(rows) for name, rows in plan_times.items()} for plan_times in times]


def addresses(project: object) -> dict[str, str]:
    """Every filter offered, first page and half way."""
    path = f"/api/v1/projects/{project.pk}/tasks/"
    from plateau.http.paging import CursorPosition

    middle = project.dataset.items.count() // 2
    low = CursorPosition(
        "-id", False, None, project.task_set.order_by("pk").values_list("pk", flat=True)[middle]
    ).write()
    half_way = CursorPosition("agreement", False, 0.5, 1).write()
    return {
        "state=done": f"{path}?state=done&limit=30",
        "state=done, half way": f"{path}?state=done&cursor={low}&limit=30",
        "state=open": f"{path}?state=open&limit=30",
        "agreement": f"{path}?state=all&ordering=agreement&has_agreement=true&limit=30",
        "agreement, half way": f"{path}?state=all&ordering=agreement&has_agreement=true&limit=30&cursor={half_way}",
        "person": f"{path}?state=all&annotator_id={project.created_by_id}&limit=30",
        "projects": "/api/v1/projects/",
    }


def main() -> None:
    """Print what was measured, and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=1_000_000)
    options = parser.parse_args()
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    actors, tokens = people(1)
    from plateau.identity.services import create_token

    token = create_token(actor=actors[0], name="lists", scopes=sorted(actors[0].scopes))[1]
    import_tasks(actors[0], project_of(actors[0], "Warm"), 1000)
    results: list[dict] = []
    projects = {}
    for size in (options.small, options.large):
        project = projects[size] = project_of(actors[0], f"Size {size}")
        results.append(import_tasks(actors[0], project, size))
    for project in projects.values():
        label(project)
        results += [export(project, key) for key in ("jsonl", "coco", "cvat", "label_studio")]
    for result in results:
        print(
            "  ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{value}" for key, value in result.items())
        )
    small, large = lists([projects[options.small], projects[options.large]], token)
    ratios = {name: round(large[name] / small[name], 2) for name in small}
    print(f"lists, ms for 30 rows at {options.large}:", {name: round(value, 2) for name, value in large.items()})
    print(f"lists, cost at {options.large} over {options.small}:", ratios)
    port = int(os.environ["PORT"])
    with serving("benchmarks.plain:application", port) as web:
        plain_ms(port, web, 1)
        print(f"a plain JSON answer costs {plain_ms(port, web, 1):.3f} ms")
    print(json.dumps({"rows": results, "lists": large, "ratios": ratios, "tokens": len(tokens)}))


if __name__ == "__main__":
    main()
