import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { bundleBudget } from "./bundle-budget.ts";
import { compress } from "./compress.ts";

export default defineConfig({
  plugins: [
    react(),
    compress(),
    bundleBudget(
      { "src/features/label/label-page.tsx": 136_000, "src/features/review/review-page.tsx": 135_000 },
      300_000,
    ),
  ],
  // The server puts a number of its own into every page that it sends: see config/pages.py.
  html: { cspNonce: "CSP_NONCE" },
  build: { outDir: "dist", sourcemap: false, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    setupFiles: ["src/shared/testing/setup.ts"],
  },
});
