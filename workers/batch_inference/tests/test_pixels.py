import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelkit.media.image import ImageMedia
from labelkit.media.tiles import pyramid
from labelkit.tests.deep_pictures import png16, tiff
from labelkit.tests.pictures import make_png
from registry.deployments.serving.images import decode_image
from workers.recipes import image_logistic
from workers.recipes.base import Example, read_rgb
from workers.recipes.tests.toys import Recorder

RNG = np.random.default_rng(4)
RAMP = np.round(np.linspace(0, 4095, 90 * 70).reshape(70, 90)).astype(np.uint16)


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def see_through() -> Image.Image:
    return Image.fromarray(RNG.integers(0, 256, (70, 90, 4)).astype("uint8"), "RGBA")


FILES = {
    "colors": make_png(3, side=90),
    "grey of 12 bits": png16(RAMP),
    "grey of 16 bits": png16(RAMP * 16),
    "colors of 12 bits": png16(np.dstack([RAMP, RAMP[::-1], RAMP // 2])),
    "grey of 16 bits with alpha": png16(np.dstack([RAMP, RAMP[::-1] * 16])),
    "TIFF of 12 bits": tiff(RAMP, order=">"),
    "TIFF of floats": tiff((RAMP / 4095).astype(np.float32)),
    "TIFF of signed values": tiff((RAMP - 2000.0).astype(np.int16)),
    "transparent": encoded(see_through(), "PNG"),
    "palette with a transparent color": encoded(see_through().getchannel("R"), "GIF", transparency=9),
    "black and white": encoded(Image.fromarray(RAMP > 2000), "PNG"),
}


@pytest.mark.parametrize("name", FILES)
def test_people_training_and_serving_see_the_same_pixels(tmp_path: Path, name: str):
    """What is shown, what is read from the original (as from older snapshots), and what serving reads of it."""
    data = FILES[name]
    picture = ImageMedia().probe(data, max_pixels=1_000_000)
    display = picture.display.data if picture.display else data
    assert (picture.display is None) == (name in ("colors", "black and white"))
    pixels = np.asarray(Image.open(io.BytesIO(display)).convert("RGB"))
    (tmp_path / "original").write_bytes(data)
    (tmp_path / "display").write_bytes(display)
    for file in ("original", "display"):
        assert np.array_equal(read_rgb(tmp_path / file, 64), decode_image(data, 64)[0]), file
    small = Image.fromarray(pixels).resize((64, 64), Image.Resampling.BILINEAR)
    assert np.array_equal(np.asarray(small), read_rgb(tmp_path / "original", 64))
    overview = np.asarray(Image.open(io.BytesIO(dict(pyramid(data))["overview"])).convert("RGB")).astype(int)
    assert overview.mean() == pytest.approx(pixels.mean(), abs=2)  # JPEG


def test_a_model_learns_pictures_of_12_bits_as_it_learns_them_of_8(tmp_path: Path):
    """Noise of 150 about 900 and 2600: read as 8 bits, every pixel is white."""
    rng, deep, flat = np.random.default_rng(0), [], []
    for number in range(40):
        label, mean = ("dark", 900) if number % 2 else ("bright", 2600)
        values = rng.normal(mean, 150, (48, 48)).clip(0, 4095)
        for examples, name, data in (
            (deep, f"deep{number}", png16(np.round(values).astype(np.uint16))),
            (
                flat,
                f"flat{number}",
                encoded(Image.fromarray((np.round(values) / 4095 * 255 + 0.5).astype("uint8")), "PNG"),
            ),
        ):
            (tmp_path / name).write_bytes(data)
            examples.append(Example(name, tmp_path / name, target=label, stratum=label))
    probabilities = {}
    for name, examples in (("deep", deep), ("flat", flat)):
        run = Recorder(tmp_path, tmp_path)
        model = image_logistic.fit(examples[:20], ["dark", "bright"], image_logistic.Parameters(C=1.0), run)
        probabilities[name] = model.predict(examples[20:])
    assert np.array_equal(probabilities["deep"], probabilities["flat"])
    assert (probabilities["deep"].argmax(axis=1) == [example.target == "bright" for example in deep[20:]]).all()
