import { i18n } from "@lingui/core";
import { activate, preferredLanguage } from "../shared/i18n";
import { colourAt, drawRegions, type Region } from "../shared/ui/regions";
import { masksOf, objectsOf, type Said } from "./answers";
import { readable } from "./deep-png";
import {
  bestBackend,
  type Manifest,
  Missing,
  pixelsOf,
  pixelsOfFile,
  type Running,
  readManifest,
  selfCheck,
  start,
  threadsHere,
} from "./model";
import "./runner.css";

const SHOWN = 5;
const LISTED = 20;
const query = new URLSearchParams(window.location.search);

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  facts: Partial<HTMLElementTagNameMap[K]> = {},
  children: (Node | string)[] = [],
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(tag), facts);
  made.append(...children);
  return made;
}

/** One line of the answer, with its bar. */
function row(title: string, label: string, share: number): HTMLLIElement {
  const made = make("li", {}, [
    make("span", { className: "name", textContent: title || label }),
    make("span", { className: "value", textContent: percent(share) }),
    make("span", { className: "bar" }),
  ]);
  made.dataset.label = label;
  made.dataset.probability = String(share);
  made.style.setProperty("--share", String(share));
  return made;
}

const percent = (value: number) =>
  new Intl.NumberFormat(i18n.locale, { style: "percent", minimumFractionDigits: 1 }).format(value);

/** The way back to the version in Plateau; none where the folder lies on another web server. */
function wayBack(): Node[] {
  const id = /^\/api\/v1\/model-versions\/(\d+)\/exports\//.exec(query.get("manifest") ?? "")?.[1];
  if (!id) return [];
  const link = make("a", {
    href: `/versions/${id}?tab=files`,
    textContent: `← ${i18n._("Back to the model version")}`,
  });
  return [make("nav", {}, [link])];
}

/** The page: what runs and how, a picture or the camera, the answer. */
class Runner {
  readonly status = make("p", { className: "status", role: "status" });
  readonly facts = make("ul", { className: "facts" });
  readonly answer = make("ol", { className: "answer" });
  readonly speed = make("p", { className: "speed" });
  readonly preview = make("div", { className: "preview" });
  readonly overlay = make("canvas", { className: "overlay" });
  private stream: MediaStream | null = null;
  private times: number[] = [];
  private frames: number[] = [];
  private runs = 0;

  constructor(private readonly root: HTMLElement) {}

  async open(): Promise<void> {
    const heading = make("h1", { textContent: "…" });
    this.root.replaceChildren(...wayBack(), heading, this.status, this.facts);
    this.status.textContent = i18n._("Loading model…");
    const manifest = await readManifest(query.get("manifest") ?? "model.json");
    heading.textContent = `${manifest.name} ${manifest.version}`;
    document.title = `${manifest.name} ${manifest.version} · Plateau`;
    const threads = threadsHere(query.get("threads"));
    const backend = await bestBackend(query.get("backend"), manifest.variant);
    const report = (share: number) => {
      this.status.textContent = i18n._("Loading model: {share}", { share: percent(share) });
    };
    let running: Running;
    try {
      running = await start(manifest, new URL(document.baseURI), backend, threads, report);
    } catch (error) {
      if (backend === "wasm" || query.has("backend")) throw error;
      running = await start(manifest, new URL(document.baseURI), "wasm", threads, report);
    }
    await this.show(running);
  }

  private async show(running: Running): Promise<void> {
    const { manifest } = running;
    this.status.textContent = i18n._("Comparing with the server's predictions…");
    const largest = manifest.samples.length ? await selfCheck(running) : null;
    this.status.textContent = i18n._("Ready. Images stay on this device.");
    this.status.dataset.state = "ready";
    this.fact(
      running.backend === "webgpu"
        ? i18n._("Runs on WebGPU")
        : i18n._("Runs on WebAssembly with {threads, plural, one {# thread} other {# threads}}", {
            threads: running.threads,
          }),
      "backend",
    );
    if (running.backend === "wasm" && !globalThis.crossOriginIsolated) {
      this.fact(
        i18n._(
          "One thread only: this page is not isolated. The web server must send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
        ),
        "isolation",
        true,
      );
    }
    if (largest !== null) {
      const text = i18n._(
        "Max output difference from the server on {samples, plural, one {# image} other {# images}}: {largest}",
        {
          samples: manifest.samples.length,
          largest: largest.toExponential(1),
        },
      );
      this.fact(text, "parity", manifest.variant === "fp32" && largest > 1e-3);
    }
    this.fact(
      i18n._("Format {variant}, {size} MB", {
        variant: manifest.variant,
        size: (manifest.size_bytes / 1e6).toFixed(1),
      }),
      "size",
    );
    this.controls(running);
  }

  private fact(text: string, key: string, warn = false): void {
    const row = make("li", { textContent: warn ? `▲ ${text}` : text, className: warn ? "warn" : "" });
    row.dataset.fact = key;
    this.facts.append(row);
  }

  private controls(running: Running): void {
    const file = make("input", { type: "file", accept: "image/*", id: "file" });
    const camera = make("button", {
      type: "button",
      textContent: i18n._("Use the camera"),
      className: "camera",
    });
    const drop = make("div", { className: "drop" }, [
      make("label", { htmlFor: "file", textContent: i18n._("Choose an image, drop it here, or paste it:") }),
      file,
      camera,
    ]);
    const take = (input: Blob | null | undefined) => {
      if (!input) return;
      this.endCamera(camera);
      void this.picture(running, input).catch((error) => this.fail(error));
    };
    file.addEventListener("change", () => take(file.files?.[0]));
    window.addEventListener("dragover", (event) => event.preventDefault());
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      take(event.dataTransfer?.files[0]);
    });
    window.addEventListener("paste", (event) => take(event.clipboardData?.files[0]));
    camera.addEventListener("click", () => {
      if (this.stream) this.endCamera(camera);
      else void this.camera(running, camera).catch((error) => this.fail(error));
    });
    this.answer.setAttribute("aria-live", "polite");
    this.root.append(
      drop,
      make("div", { className: "stage" }, [this.preview, make("div", {}, [this.answer, this.speed])]),
    );
    file.focus();
  }

  private async picture(running: Running, blob: Blob): Promise<void> {
    this.times = [];
    const read = async () => {
      const file = await readable(blob);
      return { file, pixels: await pixelsOfFile(file, running.manifest.image_size) };
    };
    const { file, pixels } = await read().catch(() => {
      throw new Error(i18n._("The browser cannot read this image. Use PNG, JPEG or WebP."));
    });
    const old = this.preview.querySelector("img")?.src;
    if (old) URL.revokeObjectURL(old);
    const image = make("img", { src: URL.createObjectURL(file), alt: "" });
    this.preview.replaceChildren(image, this.overlay);
    await image.decode();
    const begun = performance.now();
    const outputs = await running.run(pixels);
    this.times.push(performance.now() - begun);
    this.tell(running, outputs, image.naturalWidth, image.naturalHeight);
  }

  private async camera(running: Running, button: HTMLButtonElement): Promise<void> {
    if (!navigator.mediaDevices) throw new Error(i18n._("The camera requires HTTPS or localhost."));
    this.stream = await navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment" } })
      .catch(() => {
        throw new Error(i18n._("No access to the camera. Allow it in the address bar and try again."));
      });
    button.textContent = i18n._("Stop the camera");
    const video = make("video", { muted: true, playsInline: true, srcObject: this.stream });
    this.preview.replaceChildren(video, this.overlay);
    await video.play();
    this.answer.setAttribute("aria-live", "off"); // it changes many times a second
    this.frames = [];
    this.times = [];
    while (this.stream) {
      const pixels = pixelsOf(video, video.videoWidth, video.videoHeight, running.manifest.image_size);
      const begun = performance.now();
      const outputs = await running.run(pixels);
      this.times = [...this.times.slice(-29), performance.now() - begun];
      this.frames = [...this.frames.slice(-29), performance.now()];
      this.tell(running, outputs, video.videoWidth, video.videoHeight);
      await new Promise(requestAnimationFrame);
    }
  }

  private endCamera(button: HTMLButtonElement): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    button.textContent = i18n._("Use the camera");
    this.answer.setAttribute("aria-live", "polite");
  }

  /** Show the outputs for a picture of this width and height. */
  private tell(running: Running, outputs: Said, width: number, height: number): void {
    const { manifest } = running;
    this.runs += 1;
    this.answer.dataset.run = String(this.runs);
    if (manifest.output_kind === "classification")
      this.classes(manifest, outputs.probabilities?.data ?? new Float32Array());
    else if (manifest.output_kind === "picture") this.redrawn(outputs, manifest.image_size, width, height);
    else {
      const masks = manifest.output_kind === "masks";
      const regions = masks
        ? masksOf(outputs, manifest.labels)
        : objectsOf(manifest.output_kind, outputs, manifest.labels, width, height);
      this.regions(manifest, regions, width, height);
    }
    this.rate();
  }

  private classes(manifest: Manifest, scores: Float32Array): void {
    const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0)).slice(0, SHOWN);
    this.answer.replaceChildren(
      ...order.map((at) => row(manifest.label_names[at] ?? "", manifest.labels[at] ?? "", scores[at] ?? 0)),
    );
  }

  private regions(manifest: Manifest, regions: Region[], width: number, height: number): void {
    const title = (label: string) => manifest.label_names[manifest.labels.indexOf(label)] ?? label;
    drawRegions(
      this.overlay,
      width,
      height,
      regions,
      manifest.labels,
      (region) => `${title(region.label)} ${percent(region.score)}`,
    );
    const rows = regions.slice(0, LISTED).map((region) => {
      const made = row(title(region.label), region.label, region.score);
      const value = made.querySelector(".value");
      if (value && manifest.output_kind === "masks")
        value.textContent = i18n._("{share} of the image", { share: percent(region.score) });
      made.style.setProperty("--mark", colourAt(manifest.labels.indexOf(region.label)));
      return made;
    });
    if (!rows.length) rows.push(make("li", { textContent: i18n._("Nothing was detected in this image.") }));
    if (regions.length > LISTED)
      rows.push(make("li", { textContent: i18n._("and {more} more", { more: regions.length - LISTED }) }));
    this.answer.replaceChildren(...rows);
  }

  /** A picture that was made of the picture, over it. */
  private redrawn(outputs: Said, side: number, width: number, height: number): void {
    const small = make("canvas", { width: side, height: side });
    const pixels = new ImageData(side, side);
    const data = outputs.picture?.data ?? new Float32Array();
    for (let at = 0; at < side * side; at++) {
      pixels.data.set(data.subarray(3 * at, 3 * at + 3), 4 * at);
      pixels.data[4 * at + 3] = 255;
    }
    small.getContext("2d")?.putImageData(pixels, 0, 0);
    this.overlay.width = width;
    this.overlay.height = height;
    this.overlay.getContext("2d")?.drawImage(small, 0, 0, width, height);
  }

  private rate(): void {
    const mean = this.times.reduce((sum, time) => sum + time, 0) / this.times.length;
    const text = i18n._("{ms} ms per image", { ms: mean.toFixed(1) });
    const [first] = this.frames;
    const last = this.frames.at(-1);
    const rate =
      first !== undefined && last && last > first ? ((this.frames.length - 1) * 1000) / (last - first) : 0;
    this.speed.textContent =
      this.stream && rate
        ? `${text} · ${i18n._("{rate} images per second", { rate: rate.toFixed(1) })}`
        : text;
  }

  fail(error: unknown): void {
    this.status.dataset.state = "failed";
    if (error instanceof Missing && (error.status === 401 || error.status === 403)) {
      this.status.replaceChildren(
        i18n._("Sign in first, then open this page again:"),
        " ",
        make("a", { href: "/", textContent: "Plateau" }),
      );
      return;
    }
    this.status.textContent =
      error instanceof Missing
        ? i18n._("The model or its manifest cannot be loaded ({why}). Reload the page to try again.", {
            why: error.message,
          })
        : error instanceof Error
          ? error.message
          : String(error);
  }
}

const TEXTS = { en: () => import("../locales/en/runner"), ja: () => import("../locales/ja/runner") };

const root = document.getElementById("root");
if (root) {
  await activate(preferredLanguage(), TEXTS);
  const runner = new Runner(root);
  Object.assign(window, { plateau: { pixelsOfFile, readManifest, start } }); // for benchmarks and tests from outside
  await runner.open().catch((error) => runner.fail(error));
}
