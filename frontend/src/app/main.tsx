import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { ApiError } from "../shared/api/client";
import { projectQuery } from "../shared/api/projects";
import { ME } from "../shared/api/session";
import { activate, preferredLanguage } from "../shared/i18n";
import { followTheme } from "../shared/ui/theme";
import { App } from "./app";
import { loadPage } from "./routes";
import { Shell } from "./shell/on-demand-shell";
import "../shared/ui/theme/fonts.css";
import "./styles.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      retry: (times, error) =>
        times < 2 && !(error instanceof ApiError && error.status < 500 && error.status !== 429),
    },
  },
});

followTheme();
// The person, the texts and the page's code are fetched side by side: on a slow line each waits for a round trip.
// Shown whole at once.
// What stands on every page of a project, which nothing waits for here.
const projectId = Number(/^\/(?:projects|label|review)\/(\d+)/.exec(location.pathname)?.[1]);
if (projectId) void client.prefetchQuery(projectQuery(projectId));
await Promise.all([
  client.prefetchQuery(ME),
  loadPage(location.pathname, Shell.load),
  activate(preferredLanguage()),
]);
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <BrowserRouter>
            <App />
          </BrowserRouter>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
