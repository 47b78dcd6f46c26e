import type { ComponentType, ReactNode } from "react";
import { loadPageTexts } from "../shared/i18n";
import { late } from "./late";

/** What is not a labeling screen, with the texts that only such pages need. */
export const withPageTexts = (load: () => Promise<ComponentType<{ children: ReactNode }>>) =>
  late(async () => (await Promise.all([load(), loadPageTexts()]))[0]);

/** What stands around pages. */
export const [Shell, loadShell] = withPageTexts(async () => (await import("./shell/shell")).Shell);
