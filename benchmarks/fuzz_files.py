"""Files of others, mutated at length by Atheris (libFuzzer): no exception but a refusal, no hang, bounded memory.

    python benchmarks/fuzz_files.py [--runs 100000] [--only coco,zip]

Each parser that reads what people send has a target; its seeds are files that our own writers made. A run ends with
the first input that raises anything but a refusal, takes more than five seconds, or needs more than a gigabyte; the
input is kept in the folder that is named, and the table says what happened. Code under test is instrumented, so that
mutations follow what they reach.
"""

import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS, MEGABYTES = 5, 1024
NO_SERVERS = {  # the parsers need settings, and nothing behind them
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "SECRET_KEY": "for-checks-of-the-code-alone-0123456789",
    "DATABASE_URL": "postgresql:///none",
    "REDIS_URL": "redis://none",
}
FORMATS = ("coco", "voc", "yolo", "cvat", "label_studio", "png", "spacy", "conll", "csv", "jsonl")
TARGETS = (*FORMATS, "zip", "list", "image", "onnx", "card", "parquet")


def seeds(target: str) -> list[bytes]:
    """Whole files to begin with."""
    if target in FORMATS:
        return _written_files(target)
    if target == "image":
        return _pictures()
    if target == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number, picture in enumerate(_pictures()):
                archive.writestr(f"{number}.png", picture)
        return [out.getvalue()]
    if target == "list":
        return [b"uri,name\nhttps://x.example/a.png,a\n", b'{"uri": "https://x.example/a.png", "meta": {"a": 1}}\n']
    if target == "onnx":
        return [_graph()]
    if target == "card":
        return [b"flavors:\n  onnx: {data: model.onnx}\n  python_function: {loader_module: mlflow.onnx}\n"]
    return [_table()]


def _written_files(key: str) -> list[bytes]:
    from annotation.formats.base import ExportData, ExportRow
    from annotation.formats.catalog import FORMATS as KNOWN
    from labelkit.project_types import PROJECT_TYPES

    fmt = KNOWN[key]
    labels = [{"id": "a", "name": "Apple", "color": "#ff0000"}, {"id": "b", "name": "Pear", "color": "#00ff00"}]
    box = {"id": "r1", "type": "box", "label": "a", "x": 1.0, "y": 2.0, "width": 8.0, "height": 9.0, "rotation": 0.0}
    polygon = {"id": "r2", "type": "polygon", "label": "b", "points": [[1, 1], [9, 2], [5, 9]]}
    values = {
        "boxes": {"regions": [box]},
        "polygons": {"regions": [polygon]},
        "classification": {"label": "a"},
        "text_classification": {"label": "a"},
        "spans": {"spans": [{"id": "s", "start": 0, "end": 3, "label": "a"}], "relations": []},
    }
    files = []
    for kind, value in values.items():
        if not fmt.holds(PROJECT_TYPES[kind]):
            continue
        rows = [
            ExportRow(
                1, 1, "one.png", "", "one two three", None, 32, 32, {}, value, "x@y.example", datetime.now(UTC), 1
            ),
        ]
        try:
            files.append(b"".join(fmt.write(ExportData("p", kind, rows, labels))))
        except Exception as error:
            print(f"no seed of {key} for {kind}: {error!r}", file=sys.stderr)
    return files or [b"PK\x05\x06" + b"\x00" * 18]


def _pictures() -> list[bytes]:
    from PIL import Image

    picture, encodings = Image.effect_noise((24, 24), 50).convert("RGB"), []
    for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        out = io.BytesIO()
        picture.save(out, form)
        encodings.append(out.getvalue())
    return encodings


def _graph() -> bytes:
    from onnx import TensorProto, helper

    weights = helper.make_tensor("w", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0])
    kind = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Mul", ["x", "w"], ["y"])],
        "g", [kind("x", TensorProto.FLOAT, ["n", 3])], [kind("y", TensorProto.FLOAT, ["n", 3])], [weights],
    )  # fmt: skip
    return helper.make_model(graph).SerializeToString()


def _table() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    moments = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(5)]
    pq.write_table(pa.table({"at": moments, "latitude": [1.0] * 5, "longitude": [2.0] * 5}), out)
    return out.getvalue()


def act(target: str) -> Callable[[bytes], None]:
    """What is done with a file; refusals are swallowed, everything else goes up."""
    if target in FORMATS:
        from annotation.formats.base import BadFormat, ImportSource
        from annotation.formats.catalog import FORMATS as KNOWN
        from labelkit.project_types import PROJECT_TYPES

        fmt = KNOWN[target]
        kinds = sorted(key for key, project_type in PROJECT_TYPES.items() if fmt.holds(project_type))
        labels = [{"id": "a", "name": "Apple", "color": "#ff0000"}]

        def read(data: bytes) -> None:
            for kind in kinds[:3]:
                source = ImportSource(io.BytesIO(data), kind, labels)
                try:
                    fmt.checked_schema(source)
                    for number, entry in enumerate(fmt.checked_items(source)):
                        if number > 1000:
                            break
                        kind_of_labels, value = source.annotation_type, entry.value or {}
                        kind_of_labels.relabel(value, {name: "a" for name, _ in kind_of_labels.labels_used(value)})
                except (BadFormat, UnicodeDecodeError):  # as `formats.imports` takes them
                    pass

        return read
    if target in ("zip", "list"):
        from plateau.datalake.sources import Limits, entries

        limits = Limits(file_bytes=1 << 20, zip_entries=1000, zip_bytes=1 << 24)

        def unpack(data: bytes) -> None:
            name = "a.zip" if target == "zip" else ("a.csv" if data[:1] != b"{" else "a.jsonl")
            for entry in entries(name, io.BytesIO(data), limits=limits):
                assert entry.data is None or len(entry.data) <= limits.file_bytes
                if entry.data is not None and entry.refused is None:
                    assert ".." not in entry.name.replace("\\", "/").split("/")

        return unpack
    if target == "image":
        from labelkit.media import UnreadableFile
        from labelkit.media.image import ImageMedia

        def look(data: bytes) -> None:
            try:
                ImageMedia().probe(data, max_pixels=4_000_000)
            except UnreadableFile:
                pass

        return look
    if target == "onnx":
        from registry.model_versions.graphs import problem_of

        folder = Path(tempfile.mkdtemp())

        def graph(data: bytes) -> None:
            path = folder / "model.onnx"
            path.write_bytes(data)
            problem_of(str(path), str(folder))

        return graph
    if target == "card":
        import yaml

        from registry.model_versions.files import UnsafeModel, onnx_file

        def card(data: bytes) -> None:
            try:
                name = onnx_file(yaml.safe_load(data), {"model.onnx"})
                assert name == "model.onnx"
            except (UnsafeModel, yaml.YAMLError, UnicodeDecodeError):
                pass

        return card
    from plateau.http.errors import APIError
    from workers.applications.demand.events import read_events

    def events(data: bytes) -> None:
        try:
            read_events(data)
        except APIError:
            pass

    return events


def fuzz_target(target: str, runs: int, folder: Path) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(
        include=["annotation.formats", "plateau.datalake", "registry.model_versions", "workers.applications.demand"]
    ):
        sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
        import django

        django.setup()
        tried = act(target)
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(data)
    flags = [f"-runs={runs}", f"-timeout={SECONDS}", f"-rss_limit_mb={MEGABYTES}", "-max_len=65536", "-seed=1"]
    flags += [f"-artifact_prefix={folder}/", "-print_final_stats=1", "-verbosity=0", "-detect_leaks=0"]

    def mutated(data: bytes, largest: int, seed: int) -> bytes:
        """Inside an archive most often, since a broken archive is refused before anything in it is read."""
        chance = random.Random(seed)
        if data[:2] == b"PK" and chance.random() < 0.8:
            try:
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    inside = [(info.filename, archive.read(info)) for info in archive.infolist()]
            except Exception:
                inside = []
            if inside:
                place = chance.randrange(len(inside))
                name, content = inside[place]
                if chance.random() < 0.1:
                    name = atheris.Mutate(name.encode(), 60).decode(errors="replace")
                else:
                    content = atheris.Mutate(content, max(1, largest // 2))
                inside[place] = (name, content)
                out = io.BytesIO()
                with zipfile.ZipFile(out, "w") as archive:
                    for info, part in inside:
                        archive.writestr(info or "x", part)
                if len(out.getvalue()) <= largest:
                    return out.getvalue()
        return atheris.Mutate(data, largest)

    atheris.Setup([sys.argv[0], *flags, str(corpus)], tried, custom_mutator=mutated)
    atheris.Fuzz()


def main() -> None:
    """Each target in a process of its own; exit with 1 where one found something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--only", default=",".join(TARGETS))
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "plateau-fuzz")
    options = parser.parse_args()
    if options.target:
        fuzz_target(options.target, options.runs, options.folder / options.target)
        return
    failures, total = [], 0
    for target in options.only.split(","):
        started = time.monotonic()
        words = ["--target", target, "--runs", str(options.runs), "--folder", str(options.folder)]
        env = NO_SERVERS | os.environ
        process = subprocess.run(
            [sys.executable, __file__, *words], env=env, capture_output=True, text=True, errors="replace", check=False
        )
        output = process.stderr + process.stdout
        count = re.search(r"number_of_executed_units:\s*(\d+)", output)
        ran = int(count[1]) if count else 0
        total += ran
        took = time.monotonic() - started
        begins = output.find("Uncaught Python exception")
        failure = "" if process.returncode == 0 else output[begins:][:1500] if begins >= 0 else output[-1500:]
        print(json.dumps({"target": target, "runs": ran, "seconds": round(took, 1), "found": failure}), flush=True)
        if process.returncode:
            failures.append(target)
    print(f"{total} mutations; something was found in: {', '.join(failures) or 'none'}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
