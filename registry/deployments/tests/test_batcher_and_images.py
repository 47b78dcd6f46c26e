import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from labelkit.tests.pictures import make_png
from registry.deployments.serving.batcher import Batcher, QueueFull
from registry.deployments.serving.images import UnreadableImage, decode_image, image_statistics
from statkit.drift import detect_drift


def test_requests_that_come_while_a_batch_runs_are_in_the_next_one():
    sizes = []

    def run(rows):
        sizes.append(len(rows))
        time.sleep(0.05)
        return rows * 2

    batcher = Batcher(run, max_batch_size=4)
    futures = [batcher.submit(np.array([number], dtype=np.float32)) for number in range(9)]
    assert [float(future.result(5)[0]) for future in futures] == [2.0 * number for number in range(9)]
    assert max(sizes) <= 4
    assert len(sizes) < 9


def test_a_full_queue_says_when_to_try_again_and_drops_nothing_that_waits():
    go = threading.Event()

    def run(rows):
        go.wait(5)
        return rows

    batcher = Batcher(run, max_batch_size=1, capacity=2)
    accepted = [batcher.submit(np.zeros(1, dtype=np.float32))]
    time.sleep(0.1)  # it runs now, so that the queue is empty again
    accepted += [batcher.submit(np.zeros(1, dtype=np.float32)) for _ in range(2)]
    with pytest.raises(QueueFull) as rejected:
        batcher.submit(np.zeros(1, dtype=np.float32))
    assert rejected.value.retry_after >= 1
    go.set()
    assert [future.result(5).shape for future in accepted] == [(1,)] * 3


def test_a_failing_model_raises_for_its_callers_and_goes_on():
    def run(rows):
        if rows[0] < 0:
            raise ValueError("negative")
        return rows

    batcher = Batcher(run)
    with pytest.raises(ValueError, match="negative"):
        batcher.submit(np.array([-1], dtype=np.float32)).result(5)
    assert batcher.submit(np.array([1], dtype=np.float32)).result(5)[0] == 1


def test_a_closed_batcher_predicts_what_waits_and_accepts_nothing_more():
    batcher = Batcher(lambda rows: rows)
    futures = [batcher.submit(np.array([number], dtype=np.float32)) for number in range(5)]
    batcher.close()
    assert [float(future.result(5)[0]) for future in futures] == [0, 1, 2, 3, 4]
    with pytest.raises(QueueFull):
        batcher.submit(np.zeros(1, dtype=np.float32))


def test_a_rotated_photograph_is_turned_upright():
    pixels = np.zeros((40, 80, 3), dtype=np.uint8)
    pixels[:, :40] = 255
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(out, "JPEG", exif=exif)
    upright, size = decode_image(out.getvalue(), 16)
    assert size == (40, 80)
    assert upright[2].mean() > 200 > 50 > upright[13].mean()


@pytest.mark.parametrize("data", [b"", b"no image", make_png(1)[:60]])
def test_bytes_that_are_no_image_are_rejected_with_a_message(data):
    with pytest.raises(UnreadableImage, match="no image"):
        decode_image(data, 32)


def test_brightness_and_contrast():
    assert image_statistics(np.full((4, 4, 3), 255, dtype=np.float32)) == (1.0, 0.0)
    half = np.zeros((4, 4, 3), dtype=np.float32)
    half[:2] = 255
    assert image_statistics(half) == (0.5, 1.0)


def test_drift_is_distinguished_from_chance():
    rng = np.random.default_rng(0)
    same = sum(
        detect_drift(rng.multinomial(200, [0.25] * 4), rng.multinomial(500, [0.25] * 4)).is_drift for _ in range(200)
    )
    assert same / 200 < 0.1
    moved = detect_drift(rng.multinomial(200, [0.4, 0.3, 0.2, 0.1]), rng.multinomial(500, [0.25] * 4))
    assert moved.is_drift
    assert moved.distance > 0.1
    assert detect_drift([0, 0], [1, 2]) is None
