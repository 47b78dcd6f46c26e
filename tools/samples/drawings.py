"""Pictures that are drawn by code, with what is on them known exactly."""

import io
import math
import random
from typing import Any

import numpy as np
import shapely
import shapely.affinity
from PIL import Image, ImageDraw, ImageFilter

Region = dict[str, Any]
Drawn = tuple[bytes, list[Region]]
FINE = 2  # drawn at twice the size, then made smaller: smooth edges


def jpeg(picture: Image.Image, quality: int = 82) -> bytes:
    """The bytes of a JPEG."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def finished(large: Image.Image, dice: random.Random, grain: float = 5.0) -> Image.Image:
    """Made smaller, with some light from one side and a camera's grain."""
    small = large.resize((large.width // FINE, large.height // FINE), Image.Resampling.LANCZOS)
    noise = np.random.default_rng(dice.randrange(2**31))
    pixels = np.asarray(small, float)
    across = np.linspace(-1, 1, small.width)[None, :, None] * dice.uniform(-14, 14)
    down = np.linspace(-1, 1, small.height)[:, None, None] * dice.uniform(-14, 14)
    pixels = pixels + across + down + noise.normal(0, grain, pixels.shape[:2])[:, :, None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype("uint8"))


def runs_of(mask: np.ndarray, label: str, number: int) -> Region:
    """A mask as the product keeps it: its box, and lengths of runs row by row, background first."""
    ys, xs = np.nonzero(mask)
    x, y, w, h = int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    flat = mask[y : y + h, x : x + w].astype(np.int8).ravel()
    changes = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]])))
    runs = np.diff(np.concatenate([[0], changes])).tolist()
    return {"id": f"m{number}", "label": label, "shape": "mask", "x": x, "y": y, "w": w, "h": h, "rle": runs}


def _points(points: Any) -> list[list[float]]:
    return [[round(float(x) / FINE, 1), round(float(y) / FINE, 1)] for x, y in points]


def _box(number: int, label: str, box: tuple[float, float, float, float]) -> Region:
    x, y, right, bottom = (round(value / FINE, 1) for value in box)
    return {"id": f"b{number}", "label": label, "shape": "box", "x": x, "y": y, "w": right - x, "h": bottom - y}


def gauge(seed: int) -> Drawn:
    """A dial with a needle: its hub, the tip, the beginning and the end of the scale."""
    dice, side = random.Random(seed), 640
    steel = dice.choice([(70, 78, 88), (94, 84, 72), (60, 76, 70)])
    picture = Image.new("RGB", (side, side), steel)
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        y = dice.randrange(side)
        draw.line(
            [(0, y), (side, y + dice.randint(-30, 30))], fill=tuple(c + dice.randint(-8, 8) for c in steel), width=3
        )
    cx, cy, radius = side / 2 + dice.uniform(-40, 40), side / 2 + dice.uniform(-40, 40), dice.uniform(200, 260)
    ring = lambda r, fill: draw.ellipse([cx - r, cy - r, cx + r, cy + r], fill=fill)  # noqa: E731  # a shorthand
    ring(radius + 26, (28, 30, 34))
    ring(radius + 16, (176, 180, 186))
    ring(radius, dice.choice([(246, 246, 240), (238, 236, 224), (250, 250, 250)]))
    turn = math.radians(dice.uniform(-8, 8))
    at = lambda share, r: (  # noqa: E731  # a shorthand
        cx + r * math.cos(turn + math.radians(135 + 270 * share)),
        cy + r * math.sin(turn + math.radians(135 + 270 * share)),
    )
    red = dice.uniform(0.7, 0.85)
    for step in range(200):
        share = step / 199
        color = (196, 40, 36) if share > red else (60, 140, 74) if share > 0.25 else (210, 170, 50)
        draw.line([at(share, radius * 0.93), at(share, radius * 0.86)], fill=color, width=6)
    for step in range(41):
        draw.line(
            [at(step / 40, radius * 0.84), at(step / 40, radius * (0.7 if step % 4 == 0 else 0.78))],
            fill=(20, 20, 20),
            width=5 if step % 4 == 0 else 2,
        )
    value = dice.uniform(0.03, 0.97)
    tip, tail = at(value, radius * 0.8), at(value, -radius * 0.2)
    draw.line([tail, tip], fill=(20, 20, 24), width=10)
    draw.ellipse([cx - 22, cy - 22, cx + 22, cy + 22], fill=(40, 42, 46))
    shine = Image.new("L", (side, side), 0)
    ImageDraw.Draw(shine).ellipse([cx - radius, cy - radius * 1.1, cx + radius * 0.3, cy], fill=50)
    picture.paste((255, 255, 255), mask=shine.filter(ImageFilter.GaussianBlur(50)))
    joints = [(cx, cy), tip, at(0, radius * 0.84), at(1, radius * 0.84)]
    points = [[*point, 2] for point in _points(joints)]
    return jpeg(finished(picture, dice)), [{"id": "g1", "label": "gauge", "shape": "skeleton", "points": points}]


def _textured(picture: Image.Image, area: shapely.Polygon, color: tuple[int, int, int], dice: random.Random) -> None:
    """A field with its furrows."""
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).polygon(list(area.exterior.coords), fill=255)
    layer = Image.new("RGB", picture.size, color)
    draw = ImageDraw.Draw(layer)
    angle, step = dice.uniform(0, math.pi), dice.uniform(9, 22)
    for n in range(-120, 121):
        ox, oy = 512 + n * step * math.cos(angle), 512 + n * step * math.sin(angle)
        dx, dy = -2000 * math.sin(angle), 2000 * math.cos(angle)
        shade = dice.randint(-14, 10)
        draw.line([(ox - dx, oy - dy), (ox + dx, oy + dy)], fill=tuple(c + shade for c in color), width=int(step / 2))
    picture.paste(layer.filter(ImageFilter.GaussianBlur(2)), mask=mask)


def aerial(seed: int) -> Drawn:
    """Fields, a pond and buildings as outlines, a road as a line."""
    dice, side = random.Random(seed), 1024
    picture = Image.new("RGB", (side, side), (96, 112, 66))
    frame = shapely.box(0, 0, side, side)
    bend = [
        (-40, dice.uniform(200, 800)),
        (dice.uniform(250, 400), dice.uniform(300, 700)),
        (dice.uniform(600, 760), dice.uniform(300, 700)),
        (side + 40, dice.uniform(200, 800)),
    ]
    t = np.linspace(0, 1, 15)[:, None]
    a, b, c, d = (np.array(p)[None, :] for p in bend)
    road = shapely.LineString(a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3)
    rest = frame.difference(road.buffer(34))
    for _ in range(3):
        x, slant = dice.uniform(200, 820), dice.uniform(-220, 220)
        rest = rest.difference(shapely.LineString([(x - slant, -20), (x + slant, side + 20)]).buffer(7))
    regions: list[Region] = []
    colors = [(122, 138, 62), (168, 152, 84), (92, 124, 52), (140, 112, 74), (150, 160, 84), (112, 100, 62)]
    fields = [part.buffer(-5).simplify(3) for part in rest.geoms if part.area > 16_000]
    for field in fields:
        _textured(picture, field, dice.choice(colors), dice)
        regions.append({"label": "field", "shape": "polygon", "points": _points(field.exterior.coords[:-1])})
    draw = ImageDraw.Draw(picture)
    centre = dice.choice(fields).representative_point()
    pond = (
        shapely.Polygon(
            [
                (centre.x + dice.uniform(60, 90) * math.cos(k), centre.y + dice.uniform(40, 70) * math.sin(k))
                for k in np.linspace(0, 2 * math.pi, 13)[:-1]
            ]
        )
        .buffer(14)
        .buffer(-6)
        .simplify(3)
        .intersection(frame)
    )
    draw.polygon(list(pond.exterior.coords), fill=(58, 92, 110))
    regions.append({"label": "water", "shape": "polygon", "points": _points(pond.exterior.coords[:-1])})
    draw.line(list(road.coords), fill=(132, 130, 126), width=34, joint="curve")
    for share in np.arange(0, 1, 0.03):
        at, to = road.interpolate(share, True), road.interpolate(share + 0.012, True)
        draw.line([(at.x, at.y), (to.x, to.y)], fill=(214, 212, 204), width=3)
    on_picture = road.intersection(frame.buffer(-1))
    regions.append({"label": "road", "shape": "polyline", "points": _points(on_picture.coords)})
    made = 0
    while made < 4:
        share, aside = dice.uniform(0.1, 0.9), dice.choice([-1, 1]) * dice.uniform(70, 110)
        spot, ahead = road.interpolate(share, True), road.interpolate(share + 0.02, True)
        angle = math.atan2(ahead.y - spot.y, ahead.x - spot.x)
        x, y = spot.x - aside * math.sin(angle), spot.y + aside * math.cos(angle)
        house = shapely.affinity.rotate(shapely.box(x - 34, y - 24, x + 34, y + 24), math.degrees(angle))
        made += 1
        if not frame.contains(house) or pond.intersects(house):
            continue
        shadow = shapely.affinity.translate(house, 8, 8)
        roof = dice.choice([(162, 84, 66), (148, 72, 58), (124, 122, 126)])
        draw.polygon(list(shadow.exterior.coords), fill=(50, 56, 44))
        draw.polygon(list(house.exterior.coords), fill=roof)
        corners = list(house.exterior.coords)
        middle = [((corners[k][0] + corners[k + 1][0]) / 2, (corners[k][1] + corners[k + 1][1]) / 2) for k in (0, 2)]
        draw.line(middle, fill=tuple(c - 30 for c in roof), width=4)
        regions.append({"label": "building", "shape": "polygon", "points": _points(corners[:-1])})
    for number, region in enumerate(regions):
        region["id"] = f"r{number}"
    return jpeg(finished(picture, dice, 6), 78), regions


DEFECTS = ("missing-part", "scratch", "stain", "solder-bridge")


def board(seed: int) -> tuple[bytes, list[Region], list[str]]:  # noqa: PLR0912, PLR0915  # layer upon layer
    """A circuit board: its outline, parts, a trace, a connector, and the defects that it has."""
    dice, (wide, high) = random.Random(seed), (960, 720)
    defects = [name for name in DEFECTS if dice.random() < 0.34]
    picture = Image.new("RGB", (wide, high), (206, 204, 198))
    draw = ImageDraw.Draw(picture)
    regions: list[Region] = []
    outline = shapely.affinity.rotate(shapely.box(70, 60, wide - 70, high - 60), dice.uniform(-3, 3))
    green = dice.choice([(24, 92, 60), (20, 84, 72), (28, 76, 110)])
    draw.polygon(list(shapely.affinity.translate(outline, 8, 10).exterior.coords), fill=(160, 158, 152))
    draw.polygon(list(outline.exterior.coords), fill=green)
    regions.append({"label": "board", "shape": "polygon", "points": _points(outline.exterior.coords[:-1])})
    for _ in range(26):
        x, y = dice.uniform(120, wide - 160), dice.uniform(110, high - 140)
        bright = tuple(c + 22 for c in green)
        path = [(x, y), (x + dice.uniform(40, 160), y), (x + dice.uniform(160, 260), y + dice.uniform(-90, 90))]
        if all(outline.buffer(-20).contains(shapely.Point(p)) for p in path):
            draw.line(path, fill=bright, width=4)
    trace = [(130, 560), (240, 560), (300, 500), (430, 500), (470, 540), (610, 540)]
    draw.line(trace, fill=(190, 168, 92), width=7, joint="curve")
    regions.append({"label": "trace", "shape": "polyline", "points": _points(trace)})
    number = 0
    slots = [
        (180, 150, "chip"),
        (430, 140, "chip"),
        (640, 170, "chip"),
        (190, 330, "resistor"),
        (330, 330, "resistor"),
        (470, 330, "resistor"),
        (610, 330, "capacitor"),
        (730, 330, "capacitor"),
        (560, 430, "resistor"),
    ]
    missing = dice.choice(slots) if "missing-part" in defects else None
    bridged = dice.choice([s for s in slots if s[2] == "chip" and s != missing]) if "solder-bridge" in defects else None
    for slot in slots:
        x, y, kind = slot[0] + dice.randint(-12, 12), slot[1] + dice.randint(-10, 10), slot[2]
        w, h = {"chip": (130, 96), "resistor": (74, 34), "capacitor": (64, 64)}[kind]
        pads = (200, 196, 180)
        if kind == "chip":
            for k in range(6):
                px = x + 10 + k * 20
                draw.rectangle([px, y - 12, px + 9, y + h + 12], fill=pads)
        elif kind == "resistor":
            draw.rectangle([x - 10, y, x + w + 10, y + h], fill=pads)
        else:
            draw.ellipse([x - 6, y - 6, x + w + 6, y + h + 6], fill=tuple(c - 14 for c in green), outline=pads, width=3)
        if slot == missing:
            if kind == "resistor":
                draw.rectangle([x + 8, y, x + w - 8, y + h], fill=green)
            elif kind == "chip":
                draw.rectangle([x - 2, y + 4, x + w + 2, y + h - 4], fill=green)
            continue
        if kind == "chip":
            draw.rectangle([x, y, x + w, y + h], fill=(32, 32, 36))
            draw.ellipse([x + 8, y + 8, x + 20, y + 20], fill=(72, 72, 76))
            draw.line([(x + 36, y + h / 2), (x + w - 26, y + h / 2)], fill=(120, 120, 124), width=5)
        elif kind == "resistor":
            draw.rectangle([x, y, x + w, y + h], fill=(44, 38, 36))
            draw.line([(x + 20, y + h / 2), (x + w - 20, y + h / 2)], fill=(190, 188, 186), width=6)
        else:
            draw.ellipse([x, y, x + w, y + h], fill=(178, 180, 184))
            draw.chord([x, y, x + w, y + h], 140, 220, fill=(52, 54, 66))
        if slot == bridged:
            draw.ellipse([x + 28, y - 18, x + 66, y + 4], fill=(222, 220, 210))
        extra = {"chip": 12, "resistor": 0, "capacitor": 0}[kind]
        aside = 10 if kind == "resistor" else 0
        number += 1
        regions.append(_box(number, kind, (x - aside, y - extra, x + w + aside, y + h + extra)))
    x, y = 690 + dice.randint(-10, 10), 500 + dice.randint(-10, 10)
    draw.rectangle([x - 24, y - 24, x + 144, y + 60], fill=(232, 226, 206), outline=(150, 144, 128), width=3)
    pins = [(x + 12 + k * 32, y + 18) for k in range(4)]
    for px, py in pins:
        draw.rectangle([px - 9, py - 9, px + 9, py + 9], fill=(184, 150, 70))
    regions.append({"label": "connector", "shape": "skeleton", "points": [[*p, 2] for p in _points(pins)]})
    if "scratch" in defects:
        sx, sy = dice.uniform(200, 600), dice.uniform(250, 560)
        draw.line(
            [
                (sx, sy),
                (sx + dice.uniform(60, 120), sy + dice.uniform(-60, 60)),
                (sx + dice.uniform(140, 200), sy + dice.uniform(-80, 80)),
            ],
            fill=(214, 220, 214),
            width=4,
        )
    if "stain" in defects:
        sx, sy = dice.uniform(260, 640), dice.uniform(440, 600)
        blob = Image.new("L", picture.size, 0)
        brush = ImageDraw.Draw(blob)
        for _ in range(9):
            r, ox, oy = dice.uniform(22, 46), dice.uniform(-46, 46), dice.uniform(-26, 26)
            brush.ellipse([sx + ox - r, sy + oy - r, sx + ox + r, sy + oy + r], fill=255)
        picture.paste((112, 84, 40), mask=blob.filter(ImageFilter.GaussianBlur(5)).point(lambda v: int(v * 0.72)))
        small = np.asarray(blob.resize((wide // FINE, high // FINE))) > 127
        regions.append(runs_of(small, "stain", 1))
    for place, region in enumerate(regions):
        region["id"] = f"r{place}"
    return jpeg(finished(picture, dice)), regions, defects
