"""`manage.py import_project`: a project of another tool, with its labels, people and annotations."""

import hashlib
import re
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from pydantic import ValidationError

from annotation.formats.base import (
    BadFormat,
    DeclaredSchema,
    Format,
    ImportedItem,
    ImportSource,
    ItemLookup,
    KnownItem,
    import_batches,
)
from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels
from annotation.formats.item_names import ENDINGS, possible_paths
from annotation.formats.mapping import add_labels, free_id
from annotation.formats.reading import in_utf8
from annotation.labeling.imports import import_lines
from annotation.labeling.services import sync_tasks
from annotation.projects.models import Project
from annotation.projects.services import create_project
from labelkit.annotations import SchemaIn
from labelkit.geometries import GEOMETRIES
from labelkit.media import UnreadableFile
from labelkit.pictures import read_upright_size
from labelkit.project_types import PROJECT_TYPES, ProjectType
from plateau.access.scopes import Actor, Scope
from plateau.datalake.services import add_items, create_dataset, save_asset
from plateau.datalake.sources import Entry
from plateau.http.errors import APIError
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership, Role, User

_ADDRESSES = ("http://", "https://")


class Command(BaseCommand):
    """One command, all or nothing."""

    help = "Import a project of Label Studio, CVAT or any other format that can be read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Its options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--organization", required=True, help="slug")
        parser.add_argument("--name", required=True, help="of the new project and its dataset")
        parser.add_argument(
            "--kind", choices=sorted(PROJECT_TYPES), help="found out from the file where it is left out"
        )
        parser.add_argument("--images", type=Path, help="folder with the pictures, by the names that the file has")

    def handle(self, *args: object, **options: Any) -> None:
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
        look_up: ItemLookup = partial(_pictures_in, images) if images else lambda stems: {}
        try:
            with options["file"].open("rb") as opened, transaction.atomic():
                file, _ = in_utf8(opened)
                kind = options["kind"] or kind_of(fmt, ImportSource(file, "", [], look_up))
                source = ImportSource(file, kind, [], look_up)
                summary = import_project(actor=actor, fmt=fmt, source=source, name=options["name"], images=images)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise CommandError(f"labels of the file: {field}: {first['msg']}. No project was created.") from error
        except (APIError, BadFormat, UnreadableFile, OSError) as error:
            raise CommandError(f"{error} No project was created.") from error
        self.stdout.write(summary)


def kind_of(fmt: Format, source: ImportSource) -> str:
    """The key of the project type that a file seems to be of: the narrowest that takes all that is labeled in it.

    Raises:
        BadFormat: nothing in it is labeled.
    """
    held = [project_type for project_type in PROJECT_TYPES.values() if fmt.holds(project_type)]
    for probed in sorted(held, key=_probe_order):
        geometries: set[str] = set()
        most_labels, holds_text = 0, False
        for item in fmt.checked_items(replace(source, kind=probed.key)):
            holds_text = holds_text or bool(item.text)
            uses = list(probed.annotation_type.labels_used(item.value or {}))
            geometries |= {geometry for _, geometry in uses if geometry}
            most_labels = max(most_labels, len(uses))
        if most_labels == 0:
            continue
        fitting = [candidate for candidate in PROJECT_TYPES.values() if geometries <= _geometries(candidate)]
        if geometries:
            return min(fitting, key=lambda candidate: len(_geometries(candidate))).key
        return _of_whole_items(fitting, holds_text=holds_text, has_one_class=most_labels == 1)
    raise BadFormat("nothing in the file is labeled; name its --kind.")


def _geometries(project_type: ProjectType) -> set[str]:
    return set(project_type.annotation_type.geometries)


def _probe_order(project_type: ProjectType) -> tuple[bool, bool, int, bool]:
    """What takes every geometry of pictures first, since it shows all; then one geometry, several, whole items."""
    geometries = _geometries(project_type)
    takes_all = geometries >= GEOMETRIES.keys()
    return not takes_all, not geometries, len(geometries), project_type.annotation_type.is_single_class


def _of_whole_items(candidates: list[ProjectType], *, holds_text: bool, has_one_class: bool) -> str:
    """The key of the type of items that hold a text, or lie in files, and have one class or several."""
    classes = [candidate for candidate in candidates if candidate.annotation_type.editor_form in ("class", "classes")]
    of_medium = [
        candidate
        for candidate in classes
        if not candidate.media_type.meta_is_content and candidate.media_type.is_file != holds_text
    ]
    return min(of_medium, key=lambda candidate: candidate.annotation_type.is_single_class != has_one_class).key


def import_project(*, actor: Actor, fmt: Format, source: ImportSource, name: str, images: Path | None) -> str:
    """Dataset, items, people, project and answers; says in one line what came. The file is read a few times over.

    Raises:
        APIError: a name is taken, or an answer does not fit.
        BadFormat: the file breaks somewhere.
    """
    declared, geometries, people = fmt.checked_schema(source), dict[str, set[str]](), set[str]()
    geometries |= {label["name"]: set() for label in declared.labels}
    for item in fmt.checked_items(source):
        for label, geometry in source.annotation_type.labels_used(item.value or {}):
            geometries.setdefault(label, set()).add(geometry)
        people.add(item.annotator)
    labels: list[dict[str, Any]] = []
    add_labels(labels, geometries, source.annotation_type, declared)
    schema = SchemaIn.model_validate({"labels": labels, "attributes": attributes_of(declared, labels)})
    dataset = create_dataset(actor=actor, name=name)
    project = create_project(actor=actor, dataset=dataset, name=name, kind=source.kind, schema=schema)
    known = _items(actor, project, fmt, source, images)
    members = _people(actor, people - {""})
    report = import_labels(actor=actor, project=project, fmt=_Mapped(fmt, members, known), file=source.file)
    notes = "".join(f"\n  not imported: {note}" for note in report.notes[:10])
    return (
        f"{name}: {source.kind}, {len(labels)} labels, {dataset.items.count()} items, {len(members)} people, "
        f"{report.annotation_count} annotations on {report.task_count} items; {report.dropped_count} things "
        f"that could not be imported{notes}"
    )


def attributes_of(declared: DeclaredSchema, labels: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Attributes as a schema has them: one for all labels that declare it alike, another where they differ."""
    ids = {label["name"]: label["id"] for label in labels}
    attributes: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = {}
    for declaration in declared.attributes:
        key = (declaration["name"], declaration["type"], tuple(declaration["options"]))
        attribute = attributes.setdefault(
            key, {**declaration, "name": declaration["name"][:80], "labels": set(), "required": False}
        )
        attribute["labels"] |= {ids[label] for label in declaration["labels"] if label in ids}
    used_ids: set[str] = set()
    for attribute in attributes.values():
        attribute["id"] = free_id(attribute["name"], "attribute", used_ids)
        used_ids.add(attribute["id"])
        attribute["labels"] = [] if len(attribute["labels"]) == len(ids) else sorted(attribute["labels"])
    return list(attributes.values())


class _Mapped(Format):
    """A format whose people and items are called as they are here."""

    def __init__(self, fmt: Format, people: dict[str, str], names: dict[str, str]) -> None:
        self.key, self.has_relative_coordinates = fmt.key, fmt.has_relative_coordinates  # type: ignore[misc]  # the same format
        self.fmt, self.people, self.names = fmt, people, names

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """The items."""
        for item in self.fmt.checked_items(source):
            item.annotator = self.people.get(item.annotator, "")
            item.name = self.names.get(item.name, item.name)
            if not item.uri.startswith(_ADDRESSES):
                item.uri = ""
            yield item


def _items(actor: Actor, project: Project, fmt: Format, source: ImportSource, images: Path | None) -> dict[str, str]:
    """Items of the file: pictures of the folder, texts, else addresses. Returns new names of those called otherwise."""
    dataset, keys, renamed, of_asset = project.dataset, set[bytes](), dict[str, str](), dict[int, str]()
    for batch in import_batches(fmt.checked_items(source)):
        rows, lines = [], []
        for item in batch:
            key = hashlib.sha256((item.text or item.name).encode()).digest()
            if key in keys:
                continue
            keys.add(key)
            path = _picture(images, item.name)
            if item.text:
                lines.append({"text": item.text} | ({"name": item.name} if item.name else {}))
            elif path is not None:
                asset = save_asset(organization_id=actor.organization_id, data=path.read_bytes())
                renamed[item.name] = of_asset.setdefault(asset.pk, item.name)  # the same picture twice is one item
                rows.append((Entry(item.name), asset))
            else:
                uri = item.uri if item.uri.startswith(_ADDRESSES) else f"storage:{item.name}"
                lines.append({"uri": uri, "name": item.name})
        if rows:
            add_items(dataset_id=dataset.pk, rows=rows)
        if lines:
            import_lines(actor=actor, project=project, body=b"\n".join(orjson.dumps(line) for line in lines))
    sync_tasks(dataset.pk)
    return {name: file_name for name, file_name in renamed.items() if name != file_name}


def _picture(images: Path | None, name: str) -> Path | None:
    """A file of the folder by the name in the export, or by that without the mark that Label Studio puts before it."""
    if images is None or not name:
        return None
    root = images.resolve()
    for candidate in (name, re.sub(r"(^|/)[0-9a-f]{8}-([^/]+)$", r"\1\2", name)):
        path = (root / candidate).resolve()
        if path.is_relative_to(root) and path.is_file():
            return path
    return None


def _pictures_in(images: Path, stems: Sequence[str]) -> dict[str, KnownItem]:
    """Pictures of the folder by their names without ending, with their sizes."""
    pictures: dict[str, KnownItem] = {}
    for key in stems:
        names = (path + ending for path in possible_paths(key) for ending in ENDINGS)
        path = next((path for name in names if (path := _picture(images, name))), None)
        if path is not None:
            pictures[key] = KnownItem(str(path.relative_to(images.resolve())), *read_upright_size(path))
    return pictures


def _people(actor: Actor, names: set[str]) -> dict[str, str]:
    """Members for people's names; who is new cannot sign in until an admin invites them."""
    emails: dict[str, str] = {}
    role = Role.objects.least_privileged(Scope.LABELS_WRITE)
    for name in sorted(names):
        plain = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "somebody"
        email = name.lower() if "@" in name else f"{plain}@imported.invalid"
        user, _ = User.objects.get_or_create(email=email, defaults={"name": name[:120], "password": "!"})
        Membership.objects.get_or_create(organization_id=actor.organization_id, user=user, defaults={"role": role})
        emails[name] = email
    return emails
