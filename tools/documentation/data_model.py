"""The data model as a drawing and tables, from Django's registry of models; as a program, it prints them as JSON."""

import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("plateau", "annotation", "registry", "workers")
# The models behind the terms of docs/concepts/index.md. Who made a row, and whose it is, would hide the rest.
APPS_SHOWN = (
    "Dataset", "Asset", "Item", "Project", "LabelSchema", "Task", "Lease", "Annotation", "Review", "GoldTask",
    "SplitAssignment", "Snapshot", "SnapshotEntry", "TrainingRun", "LearningCurve", "RegisteredModel", "ModelVersion",
    "Evaluation", "Contract", "ContractEvaluation", "Deployment", "BatchPrediction",
)  # fmt: skip
WIDTH, HEIGHT, GAP, DISTANCE = 144, 40, 16, 64  # pixels: of a box, between boxes of a row, between rows


@dataclass(eq=False)
class Node:
    """A box of the drawing, or a place where a long line passes a row."""

    name: str
    caption: str = ""
    rank: int = 0
    x: float = 0.0
    above: list["Node"] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)

    @property
    def is_box(self) -> bool:
        """Whether it is a model."""
        return bool(self.caption)

    @property
    def width(self) -> int:
        """Room that it takes in its row."""
        return WIDTH if self.is_box else 8


def read_models() -> list[type[Any]]:
    """Models of Plateau's own apps whose tables are ours, in the order of the apps."""
    from django.apps import apps

    return [
        model
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ROOMS
        for model in config.get_models()
        if model._meta.managed
    ]


def foreign_keys(model: type[Any]) -> list[tuple[str, type[Any]]]:
    """Names of a model's foreign keys, and the models that they lead to."""
    fields = [field for field in model._meta.get_fields() if field.concrete and (field.many_to_one or field.one_to_one)]
    return [(field.name, field.related_model) for field in fields]


def describe_tables(models: list[type[Any]]) -> str:
    """Markdown: a heading for each app, and a table of its models with their foreign keys."""
    parts = []
    rows = defaultdict(list)
    for model in models:
        keys = ", ".join(f"`{name}` → {target.__name__}" for name, target in foreign_keys(model))
        purpose = (model.__doc__ or "").strip().split("\n")[0].replace("|", "\\|")
        rows[model._meta.app_label].append(f"| {model.__name__} | {purpose} | {keys} |")
    for label, lines in rows.items():
        title = label.replace("_", " ").capitalize()
        parts += [f"## {title}", "", "| Model | Purpose | Foreign keys |", "|---|---|---|", *lines, ""]
    return "\n".join(parts)


def draw(models: list[type[Any]]) -> str:
    """An SVG element: `APPS_SHOWN` in rows, each model below those that its foreign keys lead to.

    Raises:
        LookupError: `APPS_SHOWN` names a model that is not there.
    """
    by_name = {model.__name__: model for model in models}
    if missing := [name for name in APPS_SHOWN if name not in by_name]:
        raise LookupError(
            f"{Path(__file__).name}: APPS_SHOWN names {', '.join(missing)}; say what these models are called now"
        )
    boxes = {name: Node(name, by_name[name]._meta.app_label.replace("_", " ")) for name in APPS_SHOWN}
    edges = _essential_edges(
        [
            (name, target.__name__)
            for name in APPS_SHOWN
            for target in dict.fromkeys(target for _, target in foreign_keys(by_name[name]))
            if target.__name__ in boxes and target.__name__ != name
        ]
    )
    for _ in boxes:
        for source, target in edges:
            boxes[source].rank = max(boxes[source].rank, boxes[target].rank + 1)
    lines = [_thread(boxes[source], boxes[target]) for source, target in edges]
    rows = defaultdict(list)
    for node in dict.fromkeys([*boxes.values(), *(node for line in lines for node in line)]):
        rows[node.rank].append(node)
    ordered = [rows[rank] for rank in sorted(rows)]
    _order(ordered)
    _place(ordered)
    return _svg(list(boxes.values()), lines)


def _essential_edges(edges: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Edges that lead back nowhere and that no longer way says as well.

    A task names the annotation that counts, which names its task: only the later one's edge stays.
    """
    forward: list[tuple[str, str]] = []
    for source, target in sorted(edges, key=lambda edge: -APPS_SHOWN.index(edge[0])):
        if source not in _reachable(target, forward):
            forward.append((source, target))
    return [
        edge
        for edge in forward
        if edge[1] not in _reachable(edge[0], [edge_left for edge_left in forward if edge_left != edge])
    ]


def _reachable(name: str, edges: list[tuple[str, str]]) -> set[str]:
    """Whatever edges lead to from `name`, and itself."""
    reached, todo = set(), [name]
    while todo:
        reached.add(name := todo.pop())
        todo += [target for source, target in edges if source == name and target not in reached]
    return reached


def _thread(source: Node, target: Node) -> list[Node]:
    """A line from a box to one above it, by a place in each row between them."""
    line = [source]
    for rank in range(source.rank - 1, target.rank, -1):
        line.append(Node("", rank=rank))
    line.append(target)
    for lower, upper in pairwise(line):
        lower.above.append(upper)
        upper.below.append(lower)
    return line


def _order(rows: list[list[Node]]) -> None:
    """Sort each row by the middle of its neighbors, downwards and upwards, so that few lines cross."""
    for turn in range(24):
        is_downwards = turn % 2 == 0
        for row in rows if is_downwards else reversed(rows):
            places = {id(node): index / max(len(nodes) - 1, 1) for nodes in rows for index, node in enumerate(nodes)}
            middles = {}
            for node in row:
                neighbors = node.above if is_downwards else node.below
                values = [places[id(neighbor)] for neighbor in neighbors] or [places[id(node)]]
                middles[id(node)] = sum(values) / len(values)
            row.sort(key=lambda node: middles[id(node)])


def _place(rows: list[list[Node]]) -> None:
    """Give each node the middle of its neighbors, as far as those beside it leave room."""
    for row in rows:
        x = 0.0
        for node in row:
            node.x = x + node.width / 2
            x += node.width + GAP
    for turn in range(40):
        for row in rows if turn % 2 else reversed(rows):
            targets = []
            for node in row:
                neighbors = node.above + node.below
                targets.append(sum(neighbor.x for neighbor in neighbors) / len(neighbors) if neighbors else node.x)
            _spread(row, targets)
    left_edge = min(node.x - node.width / 2 for row in rows for node in row)
    for row in rows:
        for node in row:
            node.x -= left_edge


def _spread(row: list[Node], targets: list[float]) -> None:
    """Places near the wanted ones, in the row's order and without overlaps: the middle of two bounds for it."""
    distance = [(a.width + b.width) / 2 + GAP for a, b in pairwise(row)]
    rightmost, leftmost = list(targets), list(targets)
    for index in range(1, len(row)):
        rightmost[index] = max(targets[index], rightmost[index - 1] + distance[index - 1])
    for index in range(len(row) - 2, -1, -1):
        leftmost[index] = min(targets[index], leftmost[index + 1] - distance[index])
    for node, low, high in zip(row, leftmost, rightmost, strict=True):
        node.x = (low + high) / 2


def _svg(boxes: list[Node], lines: list[list[Node]]) -> str:
    def top(node: Node) -> float:
        return 1 + node.rank * (HEIGHT + DISTANCE)

    parts = []
    for line in lines:
        source, target = line[0], line[-1]
        path, x, y = f"M{source.x:.0f} {top(source):.0f}", source.x, top(source)
        for node in line[1:]:
            end = top(node) + HEIGHT + (7 if node is target else 0)
            middle = (y + end) / 2
            path += f"C{x:.0f} {middle:.0f} {node.x:.0f} {middle:.0f} {node.x:.0f} {end:.0f}"
            x, y = node.x, end
            if node is not target:
                y = top(node)
                path += f"V{y:.0f}"
        tip = f"M{x - 4:.0f} {y:.0f}L{x:.0f} {y - 7:.0f}L{x + 4:.0f} {y:.0f}Z"
        parts.append(
            f'<g><title>{source.name} → {target.name}</title><path d="{path}" fill="none" stroke="currentColor" '
            f'stroke-opacity="0.55"/><path d="{tip}" fill="currentColor"/></g>'
        )
    for box in boxes:
        left_edge, y = box.x - WIDTH / 2, top(box)
        parts.append(
            f'<rect x="{left_edge:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="4" fill="#4051b5" '
            f'fill-opacity="0.12" stroke="currentColor"/>'
            f'<text x="{box.x:.0f}" y="{y + 17:.0f}" font-size="13" font-weight="bold">{escape(box.name)}</text>'
            f'<text x="{box.x:.0f}" y="{y + 32:.0f}" font-size="11">{escape(box.caption)}</text>'
        )
    width = max(node.x + node.width / 2 for line in [boxes, *lines] for node in line)
    height = max(top(box) for box in boxes) + HEIGHT + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {width + 2:.0f} {height:.0f}" role="img" '
        'aria-label="Main tables and the foreign keys between them" fill="currentColor" text-anchor="middle" '
        f'font-family="sans-serif">{"".join(parts)}</svg>'
    )


def describe_models() -> str:
    """Markdown of the whole data model."""
    models = read_models()
    return f'<div class="data-model">{draw(models)}</div>\n\n{describe_tables(models)}'


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    # Settings must be there, but nothing is asked of a server.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "for-reading-the-code-alone-0123456789abcdef")
    os.environ.setdefault("DATABASE_URL", "postgresql:///none")
    os.environ.setdefault("REDIS_URL", "redis://none")
    import django

    django.setup()
    sys.stdout.write(json.dumps(describe_models()))
