import { loadPageTexts } from "../shared/i18n";
import { loadPage } from "./routes";

/** A page and what stands around it begin to load, before the app knows who is signed in. */
export function preloadPage(pathname: string): void {
  const hasSidebar = loadPage(pathname);
  if (!hasSidebar) return;
  import("./shell/shell").catch(() => {});
  loadPageTexts().catch(() => {});
}
