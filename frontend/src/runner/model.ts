import { OUTPUTS, type Said, thinned } from "./answers";
import { rgbOf, squeeze } from "./resize";

/** What lies beside a model. */
export interface Manifest {
  name: string;
  version: number;
  variant: string;
  output_kind: string;
  labels: string[];
  label_names: string[];
  image_size: number;
  model_url: string;
  size_bytes: number;
  samples: { png: string; outputs: Record<string, number[]> }[];
}

export type Backend = "webgpu" | "wasm";

// biome-ignore lint/suspicious/noExplicitAny: the runtime is loaded from its own files, not bundled
type Runtime = any;

/** A model in this browser. */
export interface Running {
  manifest: Manifest;
  backend: Backend;
  threads: number;
  /** What the graph says of a square of pixels. */
  run(pixels: Uint8Array): Promise<Said>;
}

/** Why a manifest or a model cannot be had. */
export class Missing extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** Fetch with progress, 0 to 1. */
async function fetched(address: string, size: number, report: (share: number) => void): Promise<Uint8Array> {
  const answer = await fetch(address);
  if (!answer.ok || !answer.body) throw new Missing(answer.status);
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { value, done: over } = await reader.read();
    if (over) break;
    parts.push(value);
    done += value.length;
    report(size ? Math.min(1, done / size) : 0);
  }
  const whole = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function readManifest(address: string): Promise<Manifest> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Missing(answer.status);
  return answer.json();
}

interface Adapter {
  features: { has(name: string): boolean };
}

/** WebGPU where the browser has an adapter that can run this number format, else WebAssembly. */
export async function bestBackend(wanted: string | null, variant: string): Promise<Backend> {
  if (wanted === "wasm" || wanted === "webgpu") return wanted;
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<Adapter | null> } }).gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (!adapter) return "wasm";
  return variant !== "fp16" || adapter.features.has("shader-f16") ? "webgpu" : "wasm";
}

/** Threads need shared memory, and shared memory needs a page that is isolated from others. */
export function threadsHere(wanted: string | null): number {
  if (!globalThis.crossOriginIsolated) return 1;
  const most = navigator.hardwareConcurrency || 1;
  return Math.max(1, Math.min(Number(wanted) || most, most, 8));
}

/** Load runtime and model; `report` hears how much of the model is here. */
export async function start(
  manifest: Manifest,
  base: URL,
  backend: Backend,
  threads: number,
  report: (share: number) => void,
): Promise<Running> {
  const home = new URL("./ort/", base);
  const [ort, bytes]: [Runtime, Uint8Array] = await Promise.all([
    import(/* @vite-ignore */ new URL(`ort.${backend}.min.mjs`, home).href),
    fetched(manifest.model_url, manifest.size_bytes, report),
  ]);
  ort.env.wasm.wasmPaths = home.href;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend],
    graphOptimizationLevel: "all",
    // Weights of 8 bits become floats once, while loading: integer arithmetic is slower in WebAssembly.
    extra: { session: { disable_quant_qdq: "1" } },
  });
  const [input] = session.inputNames;
  const names = OUTPUTS[manifest.output_kind] ?? [];
  if (!names.length) throw new Error(`kind: ${manifest.output_kind}`);
  // Classifiers of others name their one output as they like.
  const outputs: string[] =
    manifest.output_kind === "classification" ? session.outputNames.slice(0, 1) : [...names];
  return {
    manifest,
    backend,
    threads,
    run: async (pixels) => {
      const tensor = new ort.Tensor("float32", Float32Array.from(pixels), [
        1,
        manifest.image_size,
        manifest.image_size,
        3,
      ]);
      const match = await session.run({ [input]: tensor }, outputs);
      const said: Said = {};
      for (const [at, name] of names.entries()) {
        const entry = match[outputs[at] ?? ""];
        said[name] = { data: Float32Array.from(await entry.getData()), dims: entry.dims };
      }
      return said;
    },
  };
}

const canvas = document.createElement("canvas");

/** The square of pixels that the model gets of a picture, upright. */
export function pixelsOf(source: CanvasImageSource, width: number, height: number, side: number): Uint8Array {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("canvas");
  context.fillStyle = "#fff"; // transparency lies on white, as on the server
  context.fillRect(0, 0, width, height);
  context.drawImage(source, 0, 0, width, height);
  return squeeze(rgbOf(context.getImageData(0, 0, width, height)), side);
}

/** A file as the server would see it: upright, its colours as they are stored. */
export async function pixelsOfFile(file: Blob, side: number): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
  });
  try {
    return pixelsOf(bitmap, bitmap.width, bitmap.height, side);
  } finally {
    bitmap.close();
  }
}

/** The largest difference of a probability, score, share or brightness from the server's, over the manifest's samples. */
export async function selfCheck(running: Running): Promise<number> {
  let largest = 0;
  for (const sample of running.manifest.samples) {
    const bytes = Uint8Array.from(atob(sample.png), (value) => value.charCodeAt(0));
    const said = await running.run(await pixelsOfFile(new Blob([bytes]), running.manifest.image_size));
    const [first = ""] = OUTPUTS[running.manifest.output_kind] ?? [];
    const stored = sample.outputs[first] ?? [];
    const scale = running.manifest.output_kind === "picture" ? 255 : 1;
    thinned(said[first]?.data ?? new Float32Array(), stored.length).forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - (stored[at] ?? 0)) / scale);
    });
  }
  return largest;
}
