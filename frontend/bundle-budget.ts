import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "vite";

/** Compressed JavaScript, in bytes, that a full-screen page's first visit may fetch, and that it fetches with its data. */
export type Budgets = Record<string, { bytes: number; withData: { module: string; bytes: number } }>;

const ENTRY = "index.html";
const SHELL = "src/app/shell/shell.tsx";
const CORE_TEXTS = "src/locales/en/core.ts";
const PAGE_TEXTS = "src/locales/en/pages.ts";

/** Reports what each page's first visit fetches, in English, and fails the build above a page's budget. */
export function bundleBudget(budgets: Budgets, everyOtherPage: number): Plugin {
  return {
    name: "bundle-budget",
    apply: "build",
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      const sizes = new Map(chunks.map((chunk) => [chunk.fileName, brotliCompressSync(chunk.code).length]));
      const chunkOf = (module: string) => {
        const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/${module}`));
        if (!chunk)
          this.error(`No chunk begins at ${module}: bundle-budget.ts does not know the build any more.`);
        return chunk.fileName;
      };
      const closure = (file: string, reached: Set<string>) => {
        if (reached.has(file)) return reached;
        reached.add(file);
        for (const imported of byFile.get(file)?.imports ?? []) closure(imported, reached);
        return reached;
      };
      const fullScreen = Object.keys(budgets);
      const pages = chunks.flatMap(({ facadeModuleId, isDynamicEntry }) => {
        const module = facadeModuleId?.match(
          /src\/features\/.*-page\.tsx$|src\/features\/signin\/sign-in\.tsx$/,
        )?.[0];
        return module && isDynamicEntry ? [module] : [];
      });
      const sum = (files: Set<string>) => [...files].reduce((all, file) => all + (sizes.get(file) ?? 0), 0);
      const rows = pages.flatMap((module) => {
        const reached = new Set<string>();
        for (const start of [
          ENTRY,
          CORE_TEXTS,
          module,
          ...(fullScreen.includes(module) ? [] : [SHELL, PAGE_TEXTS]),
        ])
          closure(chunkOf(start), reached);
        const budget = budgets[module];
        const row = { module, bytes: sum(reached), budget: budget?.bytes ?? everyOtherPage };
        if (!budget) return [row];
        const later = closure(chunkOf(budget.withData.module), new Set(reached));
        const name = `${module} with its data: ${budget.withData.module}`;
        return [row, { module: name, bytes: sum(later) - row.bytes, budget: budget.withData.bytes }];
      });
      rows.sort((left, right) => right.bytes - left.bytes);
      for (const { module, bytes, budget } of rows)
        this.info(`${(bytes / 1000).toFixed(1)} of ${(budget / 1000).toFixed(0)} kB  ${module}`);
      const missing = fullScreen.filter((module) => !pages.includes(module));
      if (missing.length > 0) this.error(`No such page: ${missing.join(", ")}`);
      const above = rows.filter(({ bytes, budget }) => bytes > budget);
      if (above.length > 0)
        this.error(`More JavaScript than the budget: ${above.map(({ module }) => module).join(", ")}`);
    },
  };
}
