"""How long one picture takes in the browser, over native ONNX Runtime with as many threads, in one run.

    python benchmarks/browser_latency.py [--threads 1,2] [--rounds 5] [--runs 30]

EfficientNet-Lite0 (224 × 224) with a linear head as the recipe `image_probe` exports it, in fp32 and int8. Chromium
opens the very page that people get (`frontend/dist/runner`), isolated so that it has threads, on WebAssembly. Rounds of
native and browser alternate; medians of the rounds' medians are told. Needs `npm run build` in `frontend/`.
"""

import argparse
import functools
import http.server
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
for name in ("SECRET_KEY", "REDIS_URL"):
    os.environ.setdefault(name, "bench")
os.environ.setdefault("DATABASE_URL", "postgresql://bench/bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.browser.chromium import chromium  # noqa: E402
from workers.batch_inference.quantization import convert  # noqa: E402  # Django is set up first
from workers.recipes import image_probe  # noqa: E402
from workers.recipes.base import Example, Run  # noqa: E402

SIDE = 224
TIMED = """async ([runs, threads]) => {
    const { readManifest, start } = window.plateau;
    const manifest = await readManifest("model.json");
    window.kept ??= {};
    window.kept[threads] ??= await start(manifest, new URL(document.baseURI), "wasm", threads, () => {});
    const pixels = new Uint8Array(manifest.image_size * manifest.image_size * 3).fill(100);
    const times = [];
    for (let at = 0; at < runs + 3; at += 1) {
        const begun = performance.now();
        await window.kept[threads].run(pixels);
        if (at >= 3) times.push(performance.now() - begun);
    }
    return times;
}"""


class Isolated(http.server.SimpleHTTPRequestHandler):
    """A plain web server that sends what isolation takes."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript"}

    def end_headers(self) -> None:
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def models(folder: Path) -> dict[str, Path]:
    """The model in both formats, from a few random pictures."""
    rng = np.random.default_rng(0)
    examples = []
    for number in range(24):
        path = folder / f"{number}.png"
        Image.fromarray(rng.integers(0, 255, (64, 64, 3)).astype("uint8")).save(path)
        examples.append(Example(str(number), path, target="ab"[number % 2]))
    trained = image_probe.fit(examples, ["a", "b"], image_probe.Parameters(C=1.0), Run(folder, folder))
    source = folder / "source.onnx"
    trained.export_onnx(source)
    paths = {}
    for variant in ("fp32", "int8"):
        paths[variant] = folder / f"{variant}.onnx"
        convert(source, paths[variant], variant)
    return paths


def native(path: Path, threads: int, runs: int) -> list[float]:
    """Milliseconds of each run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    pixels = np.full((1, SIDE, SIDE, 3), 100, dtype=np.float32)
    times = []
    for number in range(runs + 3):
        started = time.perf_counter()
        session.run(None, {name: pixels})
        if number >= 3:
            times.append((time.perf_counter() - started) * 1000)
    return times


def opened(site: Path, path: Path, browser: Browser, port: int, threads: int) -> Page:
    """The page with this model; the runtime takes its number of threads once, when it begins."""
    (site / "model.onnx").write_bytes(path.read_bytes())
    manifest = {"name": "bench", "version": 1, "variant": path.stem, "labels": ["a", "b"], "label_names": ["a", "b"]}
    manifest |= {"image_size": SIDE, "model_url": "model.onnx", "size_bytes": path.stat().st_size, "samples": []}
    (site / "model.json").write_text(json.dumps(manifest))
    page = browser.new_context().new_page()
    page.goto(f"http://127.0.0.1:{port}/index.html?backend=wasm&threads={threads}")
    page.locator(".status[data-state=ready]").wait_for(timeout=60_000)
    return page


def main() -> None:
    """Alternate and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        variant_paths = models(Path(folder))
        copy = Path(folder) / "copy"
        copy.mkdir()
        for file in (ROOT / "frontend" / "dist" / "runner").iterdir():
            (copy / file.name).symlink_to(file)
        handler = functools.partial(Isolated, directory=str(copy))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        for variant, path in variant_paths.items():
            for threads in map(int, options.threads.split(",")):
                page = opened(copy, path, browser, server.server_port, threads)
                plain_ms, runner_ms = [], []
                for _ in range(options.rounds):
                    plain_ms.append(statistics.median(page.evaluate(TIMED, [options.runs, threads])))
                    runner_ms.append(statistics.median(native(path, threads, options.runs)))
                browser_ms, native_ms = statistics.median(plain_ms), statistics.median(runner_ms)
                ratio = statistics.median(plain / runner for plain, runner in zip(plain_ms, runner_ms, strict=True))
                print(
                    f"{variant} {threads} threads: browser {browser_ms:6.1f} ms, native {native_ms:6.1f} ms, "
                    f"{ratio:.2f} times ({path.stat().st_size / 1e6:.1f} MB)"
                )
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
