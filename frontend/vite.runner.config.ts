import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vite";

/** The runtime's own files, as they come: it starts its threads from them. */
const RUNTIME = [
  "ort.wasm.min.mjs",
  "ort-wasm-simd-threaded.mjs",
  "ort-wasm-simd-threaded.wasm",
  "ort.webgpu.min.mjs",
  "ort-wasm-simd-threaded.asyncify.mjs",
  "ort-wasm-simd-threaded.asyncify.wasm",
];
const out = join(import.meta.dirname, "dist", "runner");

/** A page that runs a model in the browser from any folder of any web server. */
export default defineConfig({
  root: "runner",
  base: "./",
  publicDir: false,
  build: { outDir: out, emptyOutDir: true, sourcemap: false },
  plugins: [
    {
      name: "runtime-files",
      closeBundle: () => {
        mkdirSync(join(out, "ort"), { recursive: true });
        for (const name of RUNTIME) {
          copyFileSync(
            join(import.meta.dirname, "node_modules/onnxruntime-web/dist", name),
            join(out, "ort", name),
          );
        }
      },
    },
  ],
});
