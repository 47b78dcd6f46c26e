import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from conftest import png
from registry.deployments.serving.batcher import Batcher, Busy
from registry.deployments.serving.loaded import BadPicture, looks, read_pixels
from statkit.drift import detect_drift


def test_who_comes_while_a_batch_runs_is_in_the_next_one():
    sizes = []

    def run(rows):
        sizes.append(len(rows))
        time.sleep(0.05)
        return rows * 2

    line = Batcher(run, largest=4)
    waiting = [line.submit(np.array([number], dtype=np.float32)) for number in range(9)]
    assert [float(one.result(5)[0]) for one in waiting] == [2.0 * number for number in range(9)]
    assert max(sizes) <= 4
    assert len(sizes) < 9


def test_a_full_line_says_when_to_come_back_and_drops_nobody_who_waits():
    go = threading.Event()

    def run(rows):
        go.wait(5)
        return rows

    line = Batcher(run, largest=1, waiting=2)
    taken = [line.submit(np.zeros(1, dtype=np.float32))]
    time.sleep(0.1)  # it runs now, so that the line is empty again
    taken += [line.submit(np.zeros(1, dtype=np.float32)) for _ in range(2)]
    with pytest.raises(Busy) as busy:
        line.submit(np.zeros(1, dtype=np.float32))
    assert busy.value.seconds >= 1
    go.set()
    assert [one.result(5).shape for one in taken] == [(1,)] * 3


def test_a_model_that_fails_tells_its_callers_and_goes_on():
    def run(rows):
        if rows[0] < 0:
            raise ValueError("negative")
        return rows

    line = Batcher(run)
    with pytest.raises(ValueError, match="negative"):
        line.submit(np.array([-1], dtype=np.float32)).result(5)
    assert line.submit(np.array([1], dtype=np.float32)).result(5)[0] == 1


def test_a_closed_line_answers_who_waits_and_takes_nobody_more():
    line = Batcher(lambda rows: rows)
    kept = [line.submit(np.array([number], dtype=np.float32)) for number in range(5)]
    line.close()
    assert [float(one.result(5)[0]) for one in kept] == [0, 1, 2, 3, 4]
    with pytest.raises(Busy):
        line.submit(np.zeros(1, dtype=np.float32))


def test_a_turned_photograph_is_turned_upright():
    pixels = np.zeros((40, 80, 3), dtype=np.uint8)
    pixels[:, :40] = 255
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(out, "JPEG", exif=exif)
    upright, size = read_pixels(out.getvalue(), 16)
    assert size == (40, 80)
    assert upright[2].mean() > 200 > 50 > upright[13].mean()


@pytest.mark.parametrize("data", [b"", b"no picture", png(1)[:60]])
def test_what_is_no_picture_is_refused_in_words(data):
    with pytest.raises(BadPicture, match="no picture"):
        read_pixels(data, 32)


def test_brightness_and_contrast():
    assert looks(np.full((4, 4, 3), 255, dtype=np.float32)) == (1.0, 0.0)
    half = np.zeros((4, 4, 3), dtype=np.float32)
    half[:2] = 255
    assert looks(half) == (0.5, 1.0)


def test_drift_is_told_from_chance():
    rng = np.random.default_rng(0)
    same = sum(
        detect_drift(rng.multinomial(200, [0.25] * 4), rng.multinomial(500, [0.25] * 4)).is_drift for _ in range(200)
    )
    assert same / 200 < 0.1
    moved = detect_drift(rng.multinomial(200, [0.4, 0.3, 0.2, 0.1]), rng.multinomial(500, [0.25] * 4))
    assert moved.is_drift
    assert moved.distance > 0.1
    assert detect_drift([0, 0], [1, 2]) is None
