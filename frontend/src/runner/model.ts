import { rgbOf, squeeze } from "./resize";

/** What lies beside a model. */
export interface Card {
  name: string;
  version: number;
  variant: string;
  labels: string[];
  titles: string[];
  side: number;
  model: string;
  size: number;
  samples: { png: string; probabilities: number[] }[];
}

export type Backend = "webgpu" | "wasm";

// biome-ignore lint/suspicious/noExplicitAny: the runtime is loaded from its own files, not bundled
type Runtime = any;

/** A model in this browser. */
export interface Running {
  card: Card;
  backend: Backend;
  threads: number;
  /** Probabilities of a square of pixels. */
  run(pixels: Uint8Array): Promise<Float32Array>;
}

/** Why a card or a model cannot be had. */
export class Missing extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** Fetch with progress, 0 to 1. */
async function fetched(address: string, size: number, told: (share: number) => void): Promise<Uint8Array> {
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
    told(size ? Math.min(1, done / size) : 0);
  }
  const whole = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function readCard(address: string): Promise<Card> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Missing(answer.status);
  return answer.json();
}

/** WebGPU where the browser has an adapter for it, else WebAssembly. */
export async function bestBackend(wanted: string | null): Promise<Backend> {
  if (wanted === "wasm" || wanted === "webgpu") return wanted;
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
  return (await gpu?.requestAdapter().catch(() => null)) ? "webgpu" : "wasm";
}

/** Threads need shared memory, and shared memory needs a page that is isolated from others. */
export function threadsHere(wanted: string | null): number {
  if (!globalThis.crossOriginIsolated) return 1;
  const most = navigator.hardwareConcurrency || 1;
  return Math.max(1, Math.min(Number(wanted) || most, most, 8));
}

/** Load runtime and model; `told` hears how much of the model is here. */
export async function start(
  card: Card,
  base: URL,
  backend: Backend,
  threads: number,
  told: (share: number) => void,
): Promise<Running> {
  const home = new URL("./ort/", base);
  const [ort, bytes]: [Runtime, Uint8Array] = await Promise.all([
    import(/* @vite-ignore */ new URL(`ort.${backend}.min.mjs`, home).href),
    fetched(card.model, card.size, told),
  ]);
  ort.env.wasm.wasmPaths = home.href;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [backend],
    graphOptimizationLevel: "all",
  });
  const [input] = session.inputNames;
  const [output] = session.outputNames;
  return {
    card,
    backend,
    threads,
    run: async (pixels) => {
      const tensor = new ort.Tensor("float32", Float32Array.from(pixels), [1, card.side, card.side, 3]);
      const found = await session.run({ [input]: tensor });
      return (await found[output].getData()) as Float32Array;
    },
  };
}

const canvas = document.createElement("canvas");

/** The square of pixels that the model gets of a picture, upright. */
export function pixelsOf(source: CanvasImageSource, width: number, height: number, side: number): Uint8Array {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true, alpha: true });
  if (!context) throw new Error("canvas");
  context.clearRect(0, 0, width, height);
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

/** The largest difference between this browser's answers and the server's, over the samples of the card. */
export async function selfCheck(running: Running): Promise<number> {
  let largest = 0;
  for (const sample of running.card.samples) {
    const bytes = Uint8Array.from(atob(sample.png), (one) => one.charCodeAt(0));
    const found = await running.run(await pixelsOfFile(new Blob([bytes]), running.card.side));
    sample.probabilities.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - (found[at] ?? 0)));
    });
  }
  return largest;
}
