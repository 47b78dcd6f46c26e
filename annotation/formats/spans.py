"""Spans of texts: spaCy (Prodigy) JSON lines, and CoNLL 2003 columns with BIO tags."""

import heapq
import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from annotation.formats.base import BadFormat, ExportData, Format, ImportedItem, ImportSource, names_of
from annotation.formats.bounded_reading import bounded_lines
from labelkit.annotations.spans import Spans
from plateau.http import json_numbers

_MAX_BLOCK_BYTES = 16 * 1024 * 1024  # of a text in columns: some four times the longest text that an item may have
# Begin, inside, middle; end and last; single, unit and whole: IOB1, IOB2, IOBES, BILOU and BMEWO.
_TAGS = frozenset("BIMELSUWO")
_GOES_ON, _STAYS_OPEN = frozenset("IMEL"), frozenset("BIM")
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Spacy(Format):
    """`{"text", "spans": [{"start", "end", "label"}], "relations": [{"head_span", "child_span", "label"}]}`."""

    key = "spacy"
    title = "spaCy JSON Lines"
    annotation_types = (Spans,)
    content_type = "application/x-ndjson"
    suffix = "jsonl"
    loses = ("attributes", "ids of spans")

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(export.labels)
        for row in export.rows:
            order = {span["id"]: number for number, span in enumerate(row.value["spans"])}
            spans = [
                {"start": s["start"], "end": s["end"], "label": names.get(s["label"], s["label"])}
                for s in row.value["spans"]
            ]
            relations = [
                {
                    "head_span": spans[order[r["from"]]],
                    "child_span": spans[order[r["to"]]],
                    "label": names.get(r["label"], r["label"]),
                }
                for r in row.value["relations"]
            ]
            line = {"text": row.text, "spans": spans, "relations": relations, "meta": {"annotator": row.annotator}}
            yield orjson.dumps(line) + b"\n"

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`."""
        for number, text in enumerate(bounded_lines(source.rewind()), start=1):
            if not text.strip():
                continue
            try:
                yield _line_item(f"line {number}", json_numbers.loads(text))
            except json_numbers.UnrepresentableNumber as error:
                raise BadFormat(f"line {number}: {error}") from error
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise BadFormat(f"line {number}: {type(error).__name__} {error}") from error


def _line_item(location: str, line: Any) -> ImportedItem:
    """A line as spaCy, Prodigy or doccano write it; doccano has three forms, which name the spans differently.

    Raises:
        KeyError, TypeError, ValueError: it is as none of these has it.
    """
    if isinstance(line, list):  # spaCy's older training data: [text, {"entities": [[start, end, label]]}]
        line = {"text": line[0], **line[1]}
    if not isinstance(line, dict):
        raise TypeError("must be an object")
    key = next((key for key in ("spans", "entities", "label", "labels") if isinstance(line.get(key), list)), "")
    item = ImportedItem(location, "", None, text=line["text"] if "text" in line else line["data"])
    item.annotator = str((line.get("meta") or {}).get("annotator") or line.get("_annotator_id") or "")
    if (verdict := line.get("answer", "accept")) != "accept":
        item.dropped.append(f"its answer is {verdict!r}, so it is no annotation")
        return item
    if not key:
        item.dropped.append("has no `spans`, `entities` or `label`")
        return item
    spans, ids = [], dict[Any, str]()
    for number, part in enumerate(line[key]):
        start, end, label, part_id = _span_parts(part)
        spans.append({"id": f"s{number}", "label": label, "start": start, "end": end})
        ids[(start, end, label)] = f"s{number}"
        if part_id is not None:
            ids[part_id] = f"s{number}"
    relations = []
    for number, relation in enumerate(line.get("relations") or []):
        if "head_span" in relation:
            sides = [_span_parts(relation[side])[:3] for side in ("head_span", "child_span")]
        else:
            sides = [relation["from_id"], relation["to_id"]]
        label = relation["label"] if "label" in relation else relation["type"]
        relations.append({"id": f"r{number}", "label": label, "from": ids[sides[0]], "to": ids[sides[1]]})
    item.value = {"spans": spans, "relations": relations}
    return item


def _span_parts(part: Any) -> tuple[int, int, str, Any]:
    """Start, end, label and id of a span."""
    if isinstance(part, list):
        start, end, label = part[:3]
        return start, end, label, None
    start, end = (part[f"{side}_offset"] if f"{side}_offset" in part else part[side] for side in ("start", "end"))
    return start, end, part["label"], part.get("id")


class Conll(Format):
    """A token and its tag on each line, as IOB2; other forms are read. `# text = …` keeps the blanks as they were."""

    key = "conll"
    title = "CoNLL 2003"
    annotation_types = (Spans,)
    content_type = "text/plain; charset=utf-8"
    suffix = "conll"
    loses = (
        "relations",
        "attributes",
        "ids of spans",
        "spans within or across others (the first one wins)",
        "ends inside a token (the whole token is taken)",
        "who annotated and when",
    )

    def write(self, export: ExportData) -> Iterator[bytes]:
        """See `Format`."""
        names = names_of(export.labels)
        for row in export.rows:
            lines = [f"# text = {orjson.dumps(row.text).decode()}"]
            before: Any = None
            for token, span in _tokens_with_spans(row.text, row.value["spans"]):
                name = names.get(span["label"], span["label"]).replace(" ", "_") if span else ""
                tag = f"{'I' if span is before else 'B'}-{name}" if span else "O"
                lines.append(f"{token.group()}\t{tag}")
                before = span
            yield ("\n".join(lines) + "\n\n").encode()

    def read(self, source: ImportSource) -> Iterator[ImportedItem]:
        """See `Format`; without `# text`, tokens are joined by blanks."""
        block: list[str] = []
        begun = 1
        size = 0  # bytes of the block
        for number, raw in enumerate(bounded_lines(source.rewind()), start=1):
            line = raw.decode("utf-8", errors="strict").rstrip("\r\n")
            if line.strip():
                size += len(raw)
                if size > _MAX_BLOCK_BYTES:
                    raise BadFormat(f"line {begun}: this text has more than {_MAX_BLOCK_BYTES >> 20} MiB")
                block.append(line)
                continue
            size = 0
            if block and not block[0].startswith("-DOCSTART-"):
                yield _sentence(block, begun)
            block, begun = [], number + 1
        if block:
            yield _sentence(block, begun)


def _tokens_with_spans(
    text: str, spans: Sequence[dict[str, Any]]
) -> Iterator[tuple[re.Match[str], dict[str, Any] | None]]:
    """Each token with the first span that it lies in: the one that begins first, of those the longest."""
    spans = sorted(spans, key=lambda span: (span["start"], -span["end"]))
    begun, here = 0, list[int]()  # spans that began, and a heap of those that may go on
    for token in _TOKEN.finditer(text):
        while begun < len(spans) and spans[begun]["start"] < token.end():
            heapq.heappush(here, begun)
            begun += 1
        while here and spans[here[0]]["end"] <= token.start():
            heapq.heappop(here)
        yield token, spans[here[0]] if here else None


def _sentence(block: list[str], begun: int) -> ImportedItem:
    comments = [line for line in block if line.startswith("# ")]
    rows = [line.split() for line in block if not line.startswith("# ")]
    text_literal = next((line.split("=", 1)[1].strip() for line in comments if line.startswith("# text =")), None)
    try:
        text = orjson.loads(text_literal) if text_literal else " ".join(row[0] for row in rows)
    except orjson.JSONDecodeError:
        text = text_literal or ""
    spans: list[dict[str, Any]] = []
    position = 0
    open_label = ""
    dropped: list[str] = []
    for number, row in enumerate(rows):
        start = text.find(row[0], position)
        if len(row) < 2 or start < 0:  # token and tag
            raise BadFormat(
                f"line {begun + len(comments) + number}: {' '.join(row)!r} is not a token of the text and its tag"
            )
        position = start + len(row[0])
        tag, _, label = row[-1].partition("-")
        if tag not in _TAGS or (label == "") != (tag == "O"):
            dropped.append(f"line {begun + len(comments) + number}: {row[-1]!r} is no tag of IOB, IOBES or BILOU")
        elif tag in _GOES_ON and open_label == label:
            spans[-1]["end"] = position
        elif tag != "O":
            spans.append({"id": f"t{number}", "label": label, "start": start, "end": position})
        open_label = label if tag in _STAYS_OPEN else ""
    return ImportedItem(f"line {begun}", "", {"spans": spans, "relations": []}, text=text, dropped=dropped)
