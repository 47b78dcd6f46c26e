import type { Bits } from "../shapes/bits";

/** A point that was clicked: on the thing, or on what does not belong to it. */
export interface Click {
  readonly x: number;
  readonly y: number;
  readonly inside: boolean;
}

/** Makes a mask out of clicks. */
export interface ClickModel {
  mask(pixels: ImageData, clicks: readonly Click[]): Promise<Bits>;
}

/** An ONNX model run in this browser; the runtime is fetched when it is first needed. */
export async function openClickModel(address: string): Promise<ClickModel> {
  const [ort, wasm, answer] = await Promise.all([
    import("onnxruntime-web/wasm"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm?url"),
    fetch(address),
  ]);
  if (!answer.ok) throw new Error(`the model cannot be fetched: ${answer.status}`);
  ort.env.wasm.wasmPaths = { wasm: wasm.default };
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(await answer.arrayBuffer());
  const tensors = new WeakMap<ImageData, InstanceType<typeof ort.Tensor>>();
  return {
    mask: async (pixels, clicks) => {
      const { width, height } = pixels;
      const image = tensors.get(pixels) ?? new ort.Tensor("float32", planes(pixels), [1, 3, height, width]);
      tensors.set(pixels, image);
      const points = Float32Array.from(clicks.flatMap((click) => [Math.floor(click.x), Math.floor(click.y)]));
      const labels = Float32Array.from(clicks.map((click) => Number(click.inside)));
      const type = await session.run({
        image,
        points: new ort.Tensor("float32", points, [1, clicks.length, 2]),
        labels: new ort.Tensor("float32", labels, [1, clicks.length]),
      });
      const values = type.mask?.data as Float32Array;
      return { x: 0, y: 0, w: width, h: height, data: Uint8Array.from(values, (value) => Number(value > 0)) };
    },
  };
}

/** Red, green and blue one after the other, 0 to 1. */
export function planes({ data, width, height }: ImageData): Float32Array {
  const count = width * height;
  const made = new Float32Array(3 * count);
  for (let at = 0; at < count; at += 1)
    for (let band = 0; band < 3; band += 1) made[band * count + at] = (data[at * 4 + band] ?? 0) / 255;
  return made;
}
