"""`manage.py bring_over`: a project out of another tool, with its labels, people and answers."""

import hashlib
import re
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from pydantic import ValidationError

from annotation.formats.base import BadFormat, Format, Found, Head, Known, LookUp, Source, parcels
from annotation.formats.catalog import FORMATS
from annotation.formats.imports import ENDINGS, import_labels, places_of
from annotation.formats.mapping import add_labels, free_id
from annotation.labeling.imports import import_lines
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project
from annotation.projects.services import create_project
from labelkit.annotations import ANNOTATION_TYPES, SchemaIn
from labelkit.media import UnreadableFile
from labelkit.pictures import read_upright_size
from plateau.access.scopes import Actor, Scope
from plateau.datalake.services import add_items, create_dataset, save_asset
from plateau.datalake.sources import Entry
from plateau.http.errors import APIError
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership, Role, User

_ADDRESSES = ("http://", "https://")


class Command(BaseCommand):
    """One command, all or nothing."""

    help = "Bring a project over from Label Studio, CVAT or any other format that is read here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Its options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--organization", required=True, help="slug")
        parser.add_argument("--name", required=True, help="of the new project and its dataset")
        parser.add_argument(
            "--kind", choices=sorted(ANNOTATION_TYPES), help="found out from the file where it is left out"
        )
        parser.add_argument("--images", type=Path, help="folder with the pictures, by the names that the file has")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        admins = Membership.objects.select_related("user", "role").granted(Scope.MEMBERS_WRITE)
        admins = admins.filter(organization__slug=options["organization"], is_active=True)
        member = admins.order_by("pk").first()
        if member is None:
            raise CommandError(f"There is no organization {options['organization']!r} with an admin.")
        images: Path | None = options["images"]
        if images is not None and not images.is_dir():
            raise CommandError(f"{images} is no folder.")
        actor, fmt = actor_of_membership(member), FORMATS[options["format"]]
        look_up: LookUp = partial(_pictures_in, images) if images else lambda stems: {}
        try:
            with options["file"].open("rb") as file, transaction.atomic():
                kind = options["kind"] or kind_of(fmt, Source(file, "", [], look_up))
                source = Source(file, kind, [], look_up)
                told = bring_over(actor=actor, fmt=fmt, source=source, name=options["name"], images=images)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise CommandError(f"labels of the file: {place}: {first['msg']}. Nothing was brought over.") from error
        except (APIError, BadFormat, UnreadableFile, OSError) as error:
            raise CommandError(f"{error} Nothing was brought over.") from error
        self.stdout.write(told)


def kind_of(fmt: Format, source: Source) -> str:
    """The kind that a file seems to be of.

    Raises:
        BadFormat: nothing in it is labeled.
    """
    for probe in ("mixed", "boxes", "masks", "spans", "multi_classification", "classification"):
        if not fmt.holds(ANNOTATION_TYPES[probe]):
            continue
        shapes: set[str] = set()
        most, text = 0, False
        for found in fmt.founds(replace(source, kind=probe)):
            text = text or bool(found.text)
            listed = list(ANNOTATION_TYPES[probe].labels_used(found.value or {}))
            shapes |= {shape for _, shape in listed}
            most = max(most, len(listed))
        if most == 0:
            continue
        if probe == "spans" or shapes & {"span"}:
            return "spans"
        if "classification" in probe:
            return "text_classification" if text else ("classification" if most == 1 else "multi_classification")
        only = {"box": "boxes", "mask": "masks", "skeleton": "keypoints"}
        if shapes <= {"polygon", "polyline"}:
            return "polygons"
        return only.get(next(iter(shapes)), "mixed") if len(shapes) == 1 else "mixed"
    raise BadFormat("nothing in the file is labeled; name its --kind.")


def bring_over(*, actor: Actor, fmt: Format, source: Source, name: str, images: Path | None) -> str:
    """Dataset, items, people, project and answers; says in one line what came. The file is read a few times over.

    Raises:
        APIError: a name is taken, or an answer does not fit.
        BadFormat: the file breaks somewhere.
    """
    head, shapes, people = fmt.declared(source), dict[str, set[str]](), set[str]()
    shapes |= {one["name"]: set() for one in head.labels}
    for found in fmt.founds(source):
        for label, shape in source.annotation_type.labels_used(found.value or {}):
            shapes.setdefault(label, set()).add(shape)
        people.add(found.annotator)
    labels: list[dict[str, Any]] = []
    add_labels(labels, shapes, source.kind, head)
    schema = SchemaIn.model_validate({"labels": labels, "attributes": attributes_of(head, labels)})
    dataset = create_dataset(actor=actor, name=name)
    project = create_project(actor=actor, dataset=dataset, name=name, kind=source.kind, schema=schema)
    known = _items(actor, project, fmt, source, images)
    members = _people(actor, people - {""})
    report = import_labels(actor=actor, project=project, fmt=_Mapped(fmt, members, known), file=source.file)
    notes = "".join(f"\n  not taken: {note}" for note in report.notes[:10])
    return (
        f"{name}: {source.kind}, {len(labels)} labels, {dataset.items.count()} items, {len(members)} people, "
        f"{report.answers} answers on {report.tasks} items; {report.dropped} things that could not be taken{notes}"
    )


def attributes_of(head: Head, labels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Attributes as a schema has them: one for all labels that declare it alike, another where they differ."""
    ids = {one["name"]: one["id"] for one in labels}
    made: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = {}
    for one in head.attributes:
        key = (one["name"], one["type"], tuple(one["options"]))
        found = made.setdefault(key, {**one, "name": one["name"][:80], "labels": set(), "required": False})
        found["labels"] |= {ids[label] for label in one["labels"] if label in ids}
    taken: set[str] = set()
    for found in made.values():
        found["id"] = free_id(found["name"], "attribute", taken)
        taken.add(found["id"])
        found["labels"] = [] if len(found["labels"]) == len(ids) else sorted(found["labels"])
    return list(made.values())


class _Mapped(Format):
    """A format whose people and items are called as they are here."""

    def __init__(self, fmt: Format, people: dict[str, str], names: dict[str, str]) -> None:
        self.key, self.relative = fmt.key, fmt.relative  # type: ignore[misc]  # the same format
        self.fmt, self.people, self.names = fmt, people, names

    def read(self, source: Source) -> Iterator[Found]:
        """The items."""
        for found in self.fmt.founds(source):
            found.annotator = self.people.get(found.annotator, "")
            found.name = self.names.get(found.name, found.name)
            if not found.uri.startswith(_ADDRESSES):
                found.uri = ""
            yield found


def _items(actor: Actor, project: Project, fmt: Format, source: Source, images: Path | None) -> dict[str, str]:
    """Items of the file: pictures of the folder, texts, else addresses. Returns new names of those called otherwise."""
    dataset, seen, renamed, of_asset = project.dataset, set[bytes](), dict[str, str](), dict[int, str]()
    for batch in parcels(fmt.founds(source)):
        rows, lines = [], []
        for found in batch:
            key = hashlib.sha256((found.text or found.name).encode()).digest()
            if key in seen:
                continue
            seen.add(key)
            path = _picture(images, found.name)
            if found.text:
                lines.append({"text": found.text} | ({"name": found.name} if found.name else {}))
            elif path is not None:
                asset = save_asset(organization_id=actor.organization_id, data=path.read_bytes())
                renamed[found.name] = of_asset.setdefault(asset.pk, found.name)  # the same picture twice is one item
                rows.append((Entry(found.name), asset))
            else:
                uri = found.uri if found.uri.startswith(_ADDRESSES) else f"storage:{found.name}"
                lines.append({"uri": uri, "name": found.name})
        if rows:
            add_items(dataset_id=dataset.pk, rows=rows)
        if lines:
            import_lines(actor=actor, project=project, body=b"\n".join(orjson.dumps(line) for line in lines))
    sync_tasks(dataset.pk)
    return {name: kept for name, kept in renamed.items() if name != kept}


def _picture(images: Path | None, name: str) -> Path | None:
    """A file of the folder by the name in the export, or by that without the mark that Label Studio puts before it."""
    if images is None or not name:
        return None
    root = images.resolve()
    for one in (name, re.sub(r"(^|/)[0-9a-f]{8}-([^/]+)$", r"\1\2", name)):
        path = (root / one).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    return None


def _pictures_in(images: Path, stems: Sequence[str]) -> dict[str, Known]:
    """Pictures of the folder by their names without ending, with their sizes."""
    found: dict[str, Known] = {}
    for key in stems:
        names = (place + ending for place in places_of(key) for ending in ENDINGS)
        path = next((path for name in names if (path := _picture(images, name))), None)
        if path is not None:
            found[key] = Known(str(path.relative_to(images.resolve())), *read_upright_size(path))
    return found


def _people(actor: Actor, names: set[str]) -> dict[str, str]:
    """Members for people's names; who is new cannot sign in until an admin invites them."""
    made: dict[str, str] = {}
    role = Role.objects.least_privileged(Scope.LABELS_WRITE)
    for name in sorted(names):
        plain = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "somebody"
        email = name.lower() if "@" in name else f"{plain}@brought-over.invalid"
        user, _ = User.objects.get_or_create(email=email, defaults={"name": name[:120], "password": "!"})
        Membership.objects.get_or_create(organization_id=actor.organization_id, user=user, defaults={"role": role})
        made[name] = email
    return made
