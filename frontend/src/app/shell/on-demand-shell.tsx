import type { ComponentType, ReactNode } from "react";
import { loadPageTexts } from "../../shared/i18n";
import { onDemand } from "../../shared/ui/on-demand";
import { Waiting } from "../../shared/ui/parts";

/** What is not a labeling screen, with the texts that only such pages need. */
export const withPageTexts = (load: () => Promise<ComponentType<{ children: ReactNode }>>) =>
  onDemand(async () => (await Promise.all([load(), loadPageTexts()]))[0], <Waiting />);

/** What stands around pages. */
export const Shell = withPageTexts(async () => (await import("./shell")).Shell);
