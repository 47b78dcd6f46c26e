"""Make the sample data that the product ships with: `python tools/samples/make.py [STARDIST_IMAGES]`.

Everything is drawn or drawn from packages with fixed seeds. Cell nuclei come out of the package stardist 0.9.2
(`stardist/data/images`): given its folder, they are made anew; without it they stay as they are. People in frames of a
street camera are found by what moves before the still background.
"""

import csv
import io
import json
import random
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from drawings import aerial, board, gauge, runs_of
from PIL import Image
from scipy import ndimage
from skimage import io as pictures
from sklearn import datasets

DATA = Path(__file__).resolve().parents[2] / "annotation" / "samples" / "data"
MOMENT = (2026, 1, 1, 0, 0, 0)
NUCLEI_SIDE, NUCLEI_SCALE = 128, 3


def write_zip(kind: str, files: dict[str, bytes]) -> None:
    """The same bytes at each run."""
    with zipfile.ZipFile(DATA / f"{kind}.zip", "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), data)


def write_lines(kind: str, lines: list[dict[str, Any]]) -> None:
    """One item a line."""
    (DATA / f"{kind}.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def write_values(kind: str, values: dict[str, Any]) -> None:
    """The right annotation of each item, by its name."""
    (DATA / f"{kind}.values.json").write_text(
        "{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in values.items()) + "\n}\n"
    )


def digits() -> None:
    """Three of each digit, enlarged."""
    source = datasets.load_digits()
    files, values = {}, {}
    for digit in range(10):
        for place in np.flatnonzero(source.target == digit)[:3].tolist():
            picture = Image.fromarray((255 - source.images[place] * 15.9).astype("uint8"))
            out = io.BytesIO()
            picture.resize((128, 128), Image.Resampling.BICUBIC).save(out, "PNG", optimize=True)
            name = f"digit-{place:04d}.png"
            files[name], values[name] = out.getvalue(), {"label": str(digit)}
    order = sorted(files)
    write_zip("classification", {name: files[name] for name in order})
    write_values("classification", {name: values[name] for name in order})


def boards() -> None:
    """Circuit boards: defects by tags, and parts by all shapes."""
    tagged, tags, shaped, shapes = {}, {}, {}, {}
    for seed in range(36):
        data, regions, defects = board(seed)
        name = f"board-{seed:02d}.jpg"
        if seed < 20:
            tagged[name], tags[name] = data, {"labels": defects or ["no-defect"]}
        else:
            shaped[name], shapes[name] = data, {"regions": regions}
    write_zip("multi_classification", tagged)
    write_values("multi_classification", tags)
    write_zip("mixed", shaped)
    write_values("mixed", shapes)


def drawn(kind: str, stem: str, draw: Any, count: int) -> None:
    """A picture of each seed."""
    files, values = {}, {}
    for seed in range(count):
        data, regions = draw(seed)
        files[f"{stem}-{seed:02d}.jpg"], values[f"{stem}-{seed:02d}.jpg"] = data, {"regions": regions}
    write_zip(kind, files)
    write_values(kind, values)


def people() -> None:
    """Boxes around what moves; a wide one holds two people side by side."""
    with zipfile.ZipFile(DATA / "boxes.zip") as archive:
        names = sorted(archive.namelist())
        frames = np.stack([np.asarray(Image.open(archive.open(name)).convert("RGB"), float) for name in names])
    still, values = np.median(frames, axis=0), {}
    for name, frame in zip(names, frames, strict=True):
        moves = ndimage.gaussian_filter(np.abs(frame - still).max(axis=2), 1.5) > 22
        moves = ndimage.binary_opening(ndimage.binary_closing(moves, np.ones((13, 5))), np.ones((5, 4)))
        regions: list[dict[str, Any]] = []
        for rows, columns in ndimage.find_objects(ndimage.label(moves)[0]):
            x, y, w, h = columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start
            if h < 35 or w < 10 or not 1.2 <= h / w <= 5.5:
                continue
            count = 2 if w > 0.62 * h else 1
            regions += [
                {"label": "person", "shape": "box", "x": x + part * w / count, "y": y, "w": w / count, "h": h}
                for part in range(count)
            ]
        values[name] = {"regions": [{"id": f"p{place}", **region} for place, region in enumerate(regions)]}
    write_values("boxes", values)


def nuclei(folder: Path) -> None:
    """Pieces of a fluorescence micrograph with the outlines that its authors drew."""
    picture, mask = pictures.imread(folder / "img2d.tif").astype(float), pictures.imread(folder / "mask2d.tif")
    low, high = np.percentile(picture, 1), np.percentile(picture, 99.6)
    light = (255 * np.clip((picture - low) / (high - low), 0, 1) ** 0.7).astype("uint8")
    files, values = {}, {}
    for row in range(0, 512, NUCLEI_SIDE):
        for column in range(0, 512, NUCLEI_SIDE):
            piece = np.s_[row : row + NUCLEI_SIDE, column : column + NUCLEI_SIDE]
            large = Image.fromarray(light[piece]).resize((NUCLEI_SIDE * NUCLEI_SCALE,) * 2, Image.Resampling.BICUBIC)
            out = io.BytesIO()
            large.save(out, "JPEG", quality=85)
            grown = np.kron(mask[piece], np.ones((NUCLEI_SCALE, NUCLEI_SCALE), dtype=mask.dtype))
            found = [grown == number for number in np.unique(grown) if number]
            regions = [runs_of(one, "nucleus", place) for place, one in enumerate(found) if one.sum() > 200]
            name = f"nuclei-{row // NUCLEI_SIDE}{column // NUCLEI_SIDE}.jpg"
            files[name], values[name] = out.getvalue(), {"regions": regions}
    write_zip("masks", files)
    write_values("masks", values)


def flowers() -> None:
    """Ten irises of each species."""
    source = datasets.load_iris()
    columns = [name.removesuffix(" (cm)").replace(" ", "_") + "_cm" for name in source.feature_names]
    dice = random.Random(1)
    places = [place for species in range(3) for place in range(50 * species, 50 * species + 10)]
    dice.shuffle(places)
    lines, values = [], {}
    for place in places:
        name = f"flower {place + 1}"
        lines.append({"name": name, "row": dict(zip(columns, source.data[place].tolist(), strict=True))})
        values[name] = {"label": str(source.target_names[source.target[place]])}
    write_lines("row_classification", lines)
    write_values("row_classification", values)


def rents() -> None:
    """Apartments that are made up, and their monthly rent."""
    dice = random.Random(2)
    lines, values = [], {}
    for number in range(1, 31):
        area, minutes = dice.randint(24, 118), dice.randint(2, 25)
        floor, built = dice.randint(0, 9), dice.choice(range(1962, 2025))
        lift = floor > 3 or dice.random() < 0.3
        row = {"area_m2": area, "rooms": max(1, round(area / 27)), "floor": floor, "built": built}
        row |= {"minutes_to_station": minutes, "lift": lift}
        rent = 180 + 11.5 * area - 7 * minutes + 2.1 * (built - 1960) + 9 * floor + dice.gauss(0, 25)
        lines.append({"name": f"apartment {number}", "row": row})
        values[f"apartment {number}"] = {"number": float(round(rent / 5) * 5)}
    write_lines("row_number", lines)
    write_values("row_number", values)


def texts() -> None:
    """`reviews.csv` and `names.txt`, written for this product: names stand as `[Kobe|place]`, relations behind `=>`."""
    here = Path(__file__).parent
    with (here / "reviews.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    named = [(f"review {number:02d}", row) for number, row in enumerate(rows, 1)]
    write_lines("text_classification", [{"name": name, "text": row["text"]} for name, row in named])
    write_values("text_classification", {name: {"label": row["label"]} for name, row in named})
    lines, values = [], {}
    for number, line in enumerate((here / "names.txt").read_text().splitlines(), 1):
        marked, _, said = line.partition(" => ")
        text, spans = "", []
        for part in marked.replace("[", "\n").replace("]", "\n").split("\n"):
            words, bar, label = part.partition("|")
            if bar:
                spans.append(
                    {"id": f"s{len(spans)}", "label": label, "start": len(text), "end": len(text) + len(words)}
                )
            text += words
        pairs = [pair.split(">") for pair in said.split()]
        relations = [
            {"id": f"r{place}", "label": "works-in", "from": f"s{a}", "to": f"s{b}"}
            for place, (a, b) in enumerate(pairs)
        ]
        name = f"news {number:02d}"
        lines.append({"name": name, "text": text})
        values[name] = {"spans": spans, "relations": relations}
    write_lines("spans", lines)
    write_values("spans", values)


def main() -> None:
    """Write them all."""
    DATA.mkdir(exist_ok=True)
    digits()
    boards()
    drawn("polygons", "land", aerial, 16)
    drawn("keypoints", "gauge", gauge, 20)
    people()
    if len(sys.argv) > 1:
        nuclei(Path(sys.argv[1]))
    flowers()
    rents()
    texts()


if __name__ == "__main__":
    main()
