import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { bundleBudget } from "./bundle-budget.ts";
import { compress } from "./compress.ts";
import { slimTexts } from "./slim-texts.ts";

/** The stage of images, larger than that of texts: it is fetched while the first items are on their way. */
const STAGE = { module: "src/editor/panels/canvas-stage.tsx", bytes: 12_000 };

/** Parts of that package which full-screen pages do not use come with the pages that do. */
const QUERIES =
  "@tanstack/(query-core|react-query)/(?!.*/(queriesObserver|useQueries|mutationObserver|useMutation|infiniteQueryObserver|useInfiniteQuery)\\.js)";
const PACKAGES = `(react|react-dom|scheduler|react-router|@lingui|openapi-fetch)/|node_modules/${QUERIES}`;
const SHARED = "i18n|api/(client|session)|ui/(numbers|parts|theme.ts)";
const EDITOR = [
  "core/",
  "shapes/(?!areas)",
  "actions/",
  "tools/cards",
  "text/(codepoints|add-span)",
  "canvas/(look|picture-layer)",
  "panels/(use-|edit-|area-|region-|labels-|bench-|icons|tool-|number-|pictures|preferences|on-demand|palette|active-|recent-)",
];

/** What always comes together is one file: it is smaller, and one request. */
const GROUPS = [
  { name: "base", test: new RegExp(`node_modules/${PACKAGES}|src/shared/(${SHARED})`), priority: 2 },
  { name: "editor", test: new RegExp(`src/editor/(${EDITOR.join("|")})`) },
];

export default defineConfig({
  plugins: [
    react(),
    slimTexts(),
    compress(),
    bundleBudget(
      {
        "src/features/label/label-page.tsx": { bytes: 120_000, withData: STAGE },
        "src/features/review/review-page.tsx": { bytes: 120_000, withData: STAGE },
      },
      300_000,
    ),
  ],
  // The server puts a number of its own into every page that it sends: see config/pages.py.
  html: { cspNonce: "CSP_NONCE" },
  build: {
    outDir: "dist",
    sourcemap: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { advancedChunks: { groups: GROUPS } } },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  test: {
    environment: "jsdom",
    // Mantine and the catalogs are loaded once a worker, not once a file: half of the time. Whoever leaves something
    // running at the end of a test disturbs the next one, and fails it.
    isolate: false,
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
    setupFiles: ["src/shared/testing/setup.ts"],
  },
});
