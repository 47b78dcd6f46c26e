import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { MemoryRouter } from "react-router";
import { type Me, MeContext } from "../api/session";
import { activate, type Language, loadPageTexts } from "../i18n";
import { mantineTheme } from "../ui/theme/mantine-theme";

const ME: Me = {
  user_id: 1,
  name: "Sora",
  email: "sora@ours.example",
  language: "en",
  preferences: {},
  organization: "Ours",
  organization_id: 1,
  organizations: [{ id: 1, name: "Ours" }],
  role: "manager",
  scopes: [],
  restriction_reason: "",
  applications: [],
};

/** Show something as a signed-in person sees it who has these scopes; returns the person's hands. */
export async function show(
  content: ReactNode,
  {
    scopes = [],
    address = "/",
    language = "en",
  }: { scopes?: string[]; address?: string; language?: Language } = {},
) {
  await loadPageTexts(language);
  await activate(language);
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <MemoryRouter initialEntries={[address]}>
          <MantineProvider theme={mantineTheme(i18n._("Close"))} env="test">
            <MeContext value={{ ...ME, scopes }}>{content}</MeContext>
          </MantineProvider>
        </MemoryRouter>
      </QueryClientProvider>
    </I18nProvider>,
  );
  return userEvent.setup();
}
