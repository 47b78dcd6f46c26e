"""What it costs that models of others run confined: beside the same graph in this process.

    python benchmarks/sandbox.py

Told as ratios of one run: a picture and a batch of 16 through EfficientNet-Lite0 (224 pixels, one thread), confined
and not; and how long it takes to start a confined process, to open the graph in it, and to make one call in a process
of its own.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

ROUNDS = 30


def median_ms(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median of some rounds, after one that does not count."""
    act()
    took = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def main() -> None:
    """Measure, tell."""
    from plateau.sandbox.process import OnnxSession, SandboxedProcess, call
    from workers.recipes.backbones.efficientnet_lite0 import onnx_file

    with tempfile.TemporaryDirectory() as folder:
        graph = onnx_file(Path(folder))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        plain = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        started_at = time.perf_counter()
        with SandboxedProcess():
            started = (time.perf_counter() - started_at) * 1000
        started_at = time.perf_counter()
        confined = OnnxSession(graph, graph.parent, threads=1)
        opened = (time.perf_counter() - started_at) * 1000
        print(f"a confined process starts in {started:.0f} ms; the graph is open after {opened:.0f} ms")
        alone = median_ms(lambda: call("plateau.sandbox.tests.attacks:environment", {}, seconds=30), rounds=5)
        print(f"one call in a process of its own: {alone:.0f} ms")
        for size in (1, 16):
            pixels = np.random.default_rng(0).integers(0, 256, (size, 224, 224, 3)).astype(np.float32)
            plain_ms = median_ms(lambda feeds=pixels: plain.run(["features"], {"pixels": feeds}))
            sandboxed_ms = median_ms(lambda feeds=pixels: confined.run(["features"], {"pixels": feeds}))
            ratio = sandboxed_ms / plain_ms
            print(f"batch of {size:2}: {plain_ms:6.1f} ms here, {sandboxed_ms:6.1f} ms sandboxed, ×{ratio:.3f}")
        confined.close()


if __name__ == "__main__":
    main()
