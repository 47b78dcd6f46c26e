import { readdirSync } from "node:fs";
import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

/** What the labeling and review screens may show: they load this catalog alone. */
const CORE = ["src/app/app.tsx", "src/editor", "src/features/label", "src/features/review", "src/shared"];

/** Of the shared parts those that the labeling and review screens never show. */
const OF_PAGES = ["src/shared/ui/list", "src/shared/ui/event-kinds.ts"];

/** Every folder of the sources has its texts in a catalog, those that are still to come too. */
const PAGES = readdirSync("src", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["editor", "locales", "runner", "shared"].includes(entry.name))
  .map((folder) => `src/${folder.name}`);

/** The page that runs a model in the browser is a build of its own. */
const RUNNER = ["src/runner"];

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "ja"],
  format: formatter({ origins: false }),
  catalogs: [
    { path: "src/locales/{locale}/core", include: CORE, exclude: OF_PAGES },
    { path: "src/locales/{locale}/runner", include: RUNNER },
    {
      path: "src/locales/{locale}/pages",
      include: [...PAGES, ...OF_PAGES],
      exclude: CORE.filter((path) => path !== "src/shared"),
    },
  ],
});
