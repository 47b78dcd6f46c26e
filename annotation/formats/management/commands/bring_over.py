"""`manage.py bring_over`: a project out of another tool, with its labels, people and answers."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from plateau.datalake.models import Dataset, Item
from plateau.datalake.services import add_items, create_dataset, keep_asset
from plateau.datalake.sources import Entry
from plateau.identity.authentication import actor_of_membership
from plateau.identity.models import Membership, User
from plateau.kernel.errors import Refusal
from plateau.kernel.scopes import Actor

from annotation.formats.base import BadFormat, Format, Found, Source
from annotation.formats.catalog import FORMATS
from annotation.formats.imports import import_labels, labels_in, new_label
from annotation.labeling.imports import import_lines
from annotation.labeling.services import sync_tasks
from annotation.projects.kinds import KINDS, SchemaIn
from annotation.projects.models import Project
from annotation.projects.services import create_project


class Command(BaseCommand):
    """One command, all or nothing."""

    help = "Bring a project over from Label Studio, CVAT or any other format that is read here."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Its options."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=sorted(FORMATS), required=True)
        parser.add_argument("--organization", required=True, help="slug")
        parser.add_argument("--name", required=True, help="of the new project and its dataset")
        parser.add_argument("--kind", choices=sorted(KINDS), help="found out from the file where it is left out")
        parser.add_argument("--images", type=Path, help="folder with the pictures, by the names that the file has")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        admin = Membership.objects.select_related("user").filter(
            organization__slug=options["organization"], role="admin", is_active=True
        )
        member = admin.order_by("pk").first()
        if member is None:
            raise CommandError(f"There is no organization {options['organization']!r} with an admin.")
        actor, fmt = actor_of_membership(member), FORMATS[options["format"]]
        try:
            with options["file"].open("rb") as file, transaction.atomic():
                kind = options["kind"] or kind_of(fmt, file)
                founds = fmt.read(Source(file, kind, []))
                told = bring_over(
                    actor=actor, fmt=fmt, file=file, founds=list(founds), kind=kind, name=options["name"],
                    images=options["images"],
                )  # fmt: skip
        except (Refusal, BadFormat, OSError) as error:
            raise CommandError(f"{error} Nothing was brought over.") from error
        self.stdout.write(told)


def kind_of(fmt: Format, file: Any) -> str:
    """The kind that a file seems to be of.

    Raises:
        BadFormat: nothing in it is labeled.
    """
    for probe in ("shapes", "boxes", "masks", "spans", "multi_classification", "classification"):
        if probe not in fmt.kinds:
            continue
        shapes: set[str] = set()
        most, text = 0, False
        for found in fmt.read(Source(file, probe, [])):
            text = text or bool(found.text)
            listed = list(labels_in(found.value or {}))
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
        return only.get(next(iter(shapes)), "shapes") if len(shapes) == 1 else "shapes"
    raise BadFormat("nothing in the file is labeled; name its --kind.")


def bring_over(
    *, actor: Actor, fmt: Format, file: Any, founds: list[Found], kind: str, name: str, images: Path | None
) -> str:
    """Dataset, items, people, project and answers; says in one line what came.

    Raises:
        Refusal: a name is taken, or an answer does not fit.
    """
    labels: list[dict[str, Any]] = []
    seen: dict[str, str] = {}
    for found in founds:
        seen |= {label: shape for label, shape in labels_in(found.value or {}) if label not in seen}
    several = len(KINDS[kind].shapes) > 1
    for number, (label, shape) in enumerate(seen.items()):
        taken = {one["id"] for one in labels}
        labels.append(new_label(label, number, shape if several and shape != "span" else "", taken))
    dataset = create_dataset(actor=actor, name=name)
    project = create_project(
        actor=actor, dataset=dataset, name=name, kind=kind, schema=SchemaIn.model_validate({"labels": labels})
    )
    _items(actor, project, dataset, founds, images)
    people = _people(actor, {found.annotator for found in founds if found.annotator})
    for found in founds:
        found.annotator = people.get(found.annotator, "")
    report = import_labels(actor=actor, project=project, fmt=_Again(fmt, founds), file=file)
    notes = "".join(f"\n  not taken: {note}" for note in report.notes[:10])
    return (
        f"{name}: {kind}, {len(labels)} labels, {dataset.items.count()} items, {len(people)} people, "
        f"{report.answers} answers on {report.tasks} items; {report.dropped} things that could not be taken{notes}"
    )


class _Again(Format):
    """The items as they were read, with people's addresses put right."""

    def __init__(self, fmt: Format, founds: list[Found]) -> None:
        self.key = fmt.key  # type: ignore[misc]  # the same format, read already
        self.founds = founds

    def read(self, source: Source) -> Any:
        """Them."""
        return iter(self.founds)


def _items(actor: Actor, project: Project, dataset: Dataset, founds: list[Found], images: Path | None) -> None:
    import orjson

    rows, lines = [], []
    for found in {(one.text or one.name): one for one in founds}.values():
        path = images / found.name if images else None
        if found.text:
            lines.append({"text": found.text} | ({"name": found.name} if found.name else {}))
        elif path is not None and path.is_file():
            asset = keep_asset(organization_id=actor.organization_id, data=path.read_bytes())
            rows.append((Entry(found.name), asset))
        else:
            uri = found.uri if found.uri.startswith(("http://", "https://")) else f"storage:{found.name}"
            found.uri = uri
            lines.append({"uri": uri, "name": found.name})
    if rows:
        add_items(dataset_id=dataset.pk, rows=rows)
        sync_tasks(dataset.pk)
    if lines:
        import_lines(actor=actor, project=project, body=b"\n".join(orjson.dumps(line) for line in lines))
    by_uri = dict(Item.objects.filter(dataset=dataset).exclude(uri="").values_list("uri", "name"))
    for found in founds:
        if not found.text and found.uri not in by_uri:
            found.uri = "" if images else f"storage:{found.name}"


def _people(actor: Actor, names: set[str]) -> dict[str, str]:
    """Members for people's names; who is new cannot sign in until an admin invites them."""
    made: dict[str, str] = {}
    for name in sorted(names):
        plain = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "somebody"
        email = name.lower() if "@" in name else f"{plain}@brought-over.invalid"
        user, _ = User.objects.get_or_create(email=email, defaults={"name": name[:120], "password": "!"})
        Membership.objects.get_or_create(
            organization_id=actor.organization_id, user=user, defaults={"role": "annotator"}
        )
        made[name] = email
    return made
