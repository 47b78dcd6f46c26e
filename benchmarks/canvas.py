"""Frames of the editor with 10,000 shapes on a 100-megapixel picture, against an empty canvas of the same size.

    python -m launcher.temporary python benchmarks/canvas.py [--shapes 10000] [--side 10000]

The real application in Chromium, without a GPU: what counts is the ratio to the empty canvas in the same run.
While the view is zoomed and dragged, each frame's length is taken from requestAnimationFrame; an edit is the time
from letting a new box go to the second frame after it.
"""

import argparse
import io
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from labeling_load import ROOT, serving

FRAMES = """
async ({kind, frames}) => {
  const canvas = [...document.querySelectorAll(".stage canvas")].at(-1);
  const box = canvas.getBoundingClientRect();
  const at = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true, cancelable: true};
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const pointer = (type, dx) => canvas.dispatchEvent(new PointerEvent(type, {...at, clientX: at.clientX + dx,
    pointerId: 1, button: 1, buttons: type === "pointerup" ? 0 : 4, movementX: 6, movementY: 2}));
  canvas.setPointerCapture = () => {};
  if (kind === "drag") pointer("pointerdown", 0);
  const times = [];
  let before = await frame();
  for (let n = 0; n < frames; n += 1) {
    if (kind === "zoom") canvas.dispatchEvent(new WheelEvent("wheel", {...at, deltaY: n % 60 < 30 ? -40 : 40}));
    else pointer("pointermove", n * 2);
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  if (kind === "drag") pointer("pointerup", 0);
  return times.sort((a, b) => a - b);
}
"""
EDIT = """
async () => {
  const canvas = [...document.querySelectorAll(".stage canvas")].at(-1);
  const box = canvas.getBoundingClientRect();
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  canvas.setPointerCapture = () => {};
  const times = [];
  for (let n = 0; n < 60; n += 1) {
    const fire = (type, dx) => canvas.dispatchEvent(new PointerEvent(type, {bubbles: true, pointerId: 1, button: 0,
      buttons: 1, clientX: box.left + 300 + (n % 15) * 5 + dx, clientY: box.top + 200 + (n % 15) * 9 + dx}));
    fire("pointerdown", 0);
    fire("pointermove", 37);
    await frame();
    const begun = performance.now();
    fire("pointerup", 37);
    await frame();
    await frame();
    times.push(performance.now() - begun);
    window.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}));
    await frame();
  }
  return times.sort((a, b) => a - b);
}
"""


def prepare(shapes: int, side: int) -> tuple[str, dict[str, int]]:
    """A person with two projects: one with a large picture and a draft of many boxes, one with a small picture."""
    from django.core.management import call_command
    from PIL import Image

    from annotation.labeling import queue, services
    from annotation.labeling.models import Task
    from annotation.projects.services import create_project
    from labelkit.annotations import LabelIn, SchemaIn
    from plateau.datalake.services import add_items, create_dataset, save_asset
    from plateau.datalake.sources import Entry
    from plateau.identity.authentication import actor_of_membership
    from plateau.identity.services import create_organization

    call_command("migrate", verbosity=0)
    member = create_organization(
        name="Bench", admin_email="a@bench.example", admin_name="A", password="a long password"
    )
    actor = actor_of_membership(member)
    projects = {}
    for name, size, number in (("full", side, shapes), ("empty", 64, 0)):
        out = io.BytesIO()
        Image.effect_noise((size, size), 60).convert("RGB").save(out, "JPEG", quality=60)
        asset = save_asset(organization_id=actor.organization_id, data=out.getvalue())
        dataset = create_dataset(actor=actor, name=name)
        add_items(dataset_id=dataset.pk, rows=[(Entry("one.jpg"), asset)])
        labels = SchemaIn(labels=[LabelIn(id=f"l{n}", name=f"L{n}", color=f"#{n * 20:02x}8040") for n in range(10)])
        project = create_project(actor=actor, dataset=dataset, name=name, kind="boxes", schema=labels)
        services.sync_tasks(dataset.pk)
        task = Task.objects.get(pk=queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"])
        step = int(side / (number**0.5 + 1)) if number else 0
        across = max(1, int(number**0.5))
        regions = [
            {"id": f"r{n}", "label": f"l{n % 10}", "shape": "box", "x": n % across * step, "y": n // across * step,
             "w": step * 0.7, "h": step * 0.6}
            for n in range(number)
        ]  # fmt: skip
        services.save_draft(actor=actor, task=task, value={"regions": regions}, revision=1)
        projects[name] = project.pk
    return "a@bench.example", projects


def measure(page: object, address: str, project: int, frames: int) -> dict[str, float]:
    """95th percentiles and medians of frames, in milliseconds."""
    page.goto(f"{address}/label/{project}")
    page.locator(".item-name").wait_for()
    page.wait_for_timeout(3000)
    projects = {}
    for kind in ("zoom", "drag"):
        page.keyboard.press("f")
        page.wait_for_timeout(500)
        times = page.evaluate(FRAMES, {"kind": kind, "frames": frames})
        projects[f"{kind} p50"], projects[f"{kind} p95"] = times[len(times) // 2], times[int(len(times) * 0.95)]
    page.keyboard.press("f")
    page.wait_for_timeout(500)
    edits = page.evaluate(EDIT)
    projects["edit p50"], projects["edit p95"] = edits[len(edits) // 2], edits[int(len(edits) * 0.95)]
    return projects


def main() -> None:
    """Print both, and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shapes", type=int, default=10_000)
    parser.add_argument("--side", type=int, default=10_000)
    parser.add_argument("--frames", type=int, default=180)
    options = parser.parse_args()
    import django

    django.setup()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    started = time.perf_counter()
    email, projects = prepare(options.shapes, options.side)
    print(f"prepared in {time.perf_counter() - started:.0f} s (tiles and draft)")
    port = int(os.environ["PORT"])
    address = f"http://127.0.0.1:{port}"
    sys.path.insert(0, str(ROOT))
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import chromium

    with serving("config.wsgi:application", port), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(address)
        page.locator("input[name=email]").fill(email)
        page.locator("input[name=password]").fill("a long password")
        page.keyboard.press("Enter")
        page.locator(".shell").wait_for()
        measurements = {name: measure(page, address, project, options.frames) for name, project in projects.items()}
        browser.close()
    for key, value in measurements["full"].items():
        empty = measurements["empty"][key]
        print(f"{key:>10}: {value:7.1f} ms, empty canvas {empty:7.1f} ms, {value / empty:.2f} x")
    print(json.dumps(measurements))


if __name__ == "__main__":
    main()
