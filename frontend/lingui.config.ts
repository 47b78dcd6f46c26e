import { defineConfig } from "@lingui/conf";
import { formatter } from "@lingui/format-po";

export default defineConfig({
  sourceLocale: "en",
  locales: ["en", "ja"],
  format: formatter({ origins: false }),
  catalogs: [{ path: "src/locales/{locale}/messages", include: ["src"] }],
});
