import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|mjs|css|html|svg|json|wasm|onnx)$/;
const WORTHWHILE = 1024;

/** Writes `file.br` and `file.gz` beside each built text: the web server sends these, so nothing is compressed twice. */
export function compress(): Plugin {
  let folder = "dist";
  return {
    name: "compress",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle: () => {
      for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(file)) continue;
        const text = readFileSync(join(folder, file));
        if (text.length < WORTHWHILE) continue;
        // The best brotli level takes 20 s a wasm file of 10 MB for 2 % less.
        const quality = text.length > 2_000_000 ? 6 : 11;
        writeFileSync(
          join(folder, `${file}.br`),
          brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }),
        );
        writeFileSync(join(folder, `${file}.gz`), gzipSync(text, { level: 9 }));
      }
    },
  };
}
