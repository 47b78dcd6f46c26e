"""Which item a file means: by address, by name, else by the longest end of its path that one item alone has."""

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Sequence

from django.db.models import Q

from annotation.formats.base import ImportedItem, KnownItem
from annotation.formats.reading import plain_path
from annotation.labeling.models import Task
from annotation.projects.models import Project
from annotation.projects.queries import dataset_ids_of
from labelkit.messages import Message
from labelkit.pictures import stated_size
from plateau.datalake.models import Item

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".JPG", ".JPEG", ".PNG")
_UPLOADED = re.compile(r"(^|/)[0-9a-f]{8}-([^/]+)$")  # the mark that Label Studio puts before the name of an upload


def possible_paths(key: str) -> tuple[str, ...]:
    """Where a picture may lie that a tool names `key`: the folder before it may be missing or too much."""
    return tuple(dict.fromkeys((key, f"images/{key}", key.removeprefix("images/"), key.rsplit("/", 1)[-1])))


def key_of(item: ImportedItem) -> tuple[str, str]:
    """What an item of a file is found by: the address of its text, else its name."""
    if item.text:
        return "uri", f"text:{hashlib.sha256(item.text.encode(errors='surrogatepass')).hexdigest()}"
    return "name", item.name


class ItemFinder:
    """Finds the items of a project. Names that no item has as they are cost one look at all names."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: sqlite3.Connection | None = None
        self._by_key: dict[tuple[str, str], list[Task]] = {}
        self._of_item: dict[int, list[Task]] = {}
        self._candidates: dict[str, list[int]] = {}  # ids of items, by a name that no item has as it is
        self._claims: dict[int, str] = {}  # such names, by the item that they mean

    @property
    def tasks(self) -> Iterable[Task]:
        """The tasks of the items that were loaded last."""
        by_id = {task.pk: task for tasks in (*self._by_key.values(), *self._of_item.values()) for task in tasks}
        return by_id.values()

    def load(self, batch: Sequence[ImportedItem]) -> None:
        """Look up the items of a batch at once."""
        keys = {key_of(item) for item in batch} | {("uri", item.uri) for item in batch if item.uri}
        names = [value for column, value in keys if column == "name"]
        uris = [value for column, value in keys if column == "uri"]
        tasks = Task.objects.filter(project=self._project).select_related("item__asset")
        self._by_key, self._of_item, self._candidates = {}, {}, {}
        for task in tasks.filter(Q(item__name__in=names) | Q(item__uri__in=uris)).order_by("pk"):
            self._by_key.setdefault(("name", task.item.name), []).append(task)
            if task.item.uri:
                self._by_key.setdefault(("uri", task.item.uri), []).append(task)
        for item in batch:
            if item.name and not item.text and not self._exact(item):
                self._candidates[item.name] = self._similar(item)
        ids = {item_id for item_ids in self._candidates.values() for item_id in item_ids[:10]}
        for task in tasks.filter(item_id__in=ids) if ids else ():
            self._of_item.setdefault(task.item_id, []).append(task)

    def task_of(self, item: ImportedItem) -> Task | None:
        """The task of an item of the batch; None where there is none.

        Raises:
            ValueError: the name means several items, or another name of the file means the same.
        """
        candidates = self._exact(item)
        is_exact = bool(candidates)
        if not is_exact:
            item_ids = self._candidates.get(item.name, [])
            candidates = [task for item_id in item_ids for task in self._of_item.get(item_id, [])]
        if len(candidates) > 1 and not item.text:
            stated = stated_size(item.width, item.height)
            of_size = [task for task in candidates if stated and task.item.known_size == stated]
            if len(of_size) != 1:
                raise ValueError(
                    Message(
                        "“{name}” is ambiguous: {count} items could be meant, such as {examples}",
                        name=item.name,
                        count=len(candidates),
                        examples=", ".join(f"“{task.item.name}” (item {task.item_id})" for task in candidates[:3]),
                    )
                )
            candidates = of_size
        if not candidates:
            return None
        task = candidates[0]
        claimed = self._claims.get(task.item_id) if is_exact else self._claims.setdefault(task.item_id, item.name)
        if claimed is not None and claimed != item.name:
            message = "“{name}” and “{other}” of the file could both mean the item “{item}”"
            raise ValueError(Message(message, name=item.name, other=claimed, item=task.item.name))
        return task

    def look_up(self, stems: Sequence[str]) -> dict[str, KnownItem]:
        """Items by their names, with or without ending; one that may mean several says so."""
        keys_by_name = {path + ending: key for key in stems for path in (f"images/{key}", key) for ending in ENDINGS}
        keys_by_name |= {key: key for key in stems}
        items = Item.objects.filter(dataset_id__in=dataset_ids_of(self._project)).select_related("asset")
        matches: dict[str, dict[int, Item]] = {}
        for item in items.filter(name__in=keys_by_name):
            matches.setdefault(keys_by_name[item.name], {})[item.pk] = item
        for key, rows in matches.items():
            matches[key] = {pk: item for pk, item in rows.items() if item.name == key} or rows
        rest = {key: self._ending(key, has_ending=False) for key in stems if key not in matches}
        by_id = items.in_bulk({item_id for ids in rest.values() for item_id in ids[:2]})
        for key, ids in rest.items():
            if ids:
                matches[key] = {item_id: by_id[item_id] for item_id in ids[:2] if item_id in by_id}
        known: dict[str, KnownItem] = {}
        for key, rows in matches.items():
            first = next(iter(rows.values()))
            width, height = first.known_size or (None, None)
            known[key] = KnownItem(first.name, width, height, len(rows))
        return known

    def _exact(self, item: ImportedItem) -> list[Task]:
        return (self._by_key.get(("uri", item.uri)) if item.uri else None) or self._by_key.get(key_of(item)) or []

    def _similar(self, item: ImportedItem) -> list[int]:
        """Ids of items that a name may mean which no item has as it is."""
        names = [item.name, *item.other_names]
        names += [plain for name in names if (plain := _UPLOADED.sub(r"\1\2", name)) != name]
        return next((ids for name in names if (ids := self._ending(name))), [])

    def _ending(self, name: str, *, has_ending: bool = True) -> list[int]:
        """Ids of the items whose names share the longest end of the path with this one: the file's name at least."""
        *folders, base = plain_path(name) if has_ending else plain_path(f"{name}.x")
        column = "base" if has_ending else "stem"
        base = base if has_ending else base.removesuffix(".x")
        query = f"SELECT item, folders FROM name WHERE {column} = ?"  # noqa: S608  # one of two columns
        longest, ids = -1, list[int]()
        for item_id, item_folders in self._index().execute(query, [base]):
            shared = 0
            for folder, item_folder in zip(reversed(folders), reversed(item_folders.split("/")), strict=False):
                if folder != item_folder:
                    break
                shared += 1
            if shared > longest:
                longest, ids = shared, []
            if shared == longest:
                ids.append(item_id)
        return ids

    def _index(self) -> sqlite3.Connection:
        """Every item by the last part of its name, with and without ending; on disk, since there may be millions."""
        if self._names is None:
            self._names = sqlite3.connect("", isolation_level=None)  # a file without a name, gone with the connection
            self._names.execute("PRAGMA journal_mode = OFF")
            self._names.execute("CREATE TABLE name (item INTEGER, base TEXT, stem TEXT, folders TEXT)")
            self._names.execute("BEGIN")
            items = Item.objects.filter(dataset_id__in=dataset_ids_of(self._project), text="")
            rows = items.order_by().values_list("pk", "name").iterator(chunk_size=10_000)
            self._names.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", map(_row, rows))
            self._names.execute("COMMIT")
            for column in ("base", "stem"):
                self._names.execute(f"CREATE INDEX by_{column} ON name ({column})")
        return self._names


def _row(item: tuple[int, str]) -> tuple[int, str, str, str]:
    item_id, name = item
    *folders, base = plain_path(name)
    return item_id, base, base.rpartition(".")[0] or base, "/".join(folders)
