import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, within } from "@testing-library/react";
import { MemoryRouter, Route, Routes } from "react-router";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Me, MeContext } from "../shared/api/session";
import { activate, loadPageTexts } from "../shared/i18n";
import { listed, serve } from "../shared/testing/server";
import { applicationRoutes, installedApplications } from "./applications";
import { Shell } from "./shell/shell";

vi.setConfig({ testTimeout: 120_000 }); // pages and catalogs are loaded as in the browser

const ME: Me = {
  user_id: 1,
  name: "Sora",
  email: "sora@ours.example",
  language: "en",
  preferences: {},
  organization: "Ours",
  organization_id: 1,
  organizations: [{ id: 1, name: "Ours" }],
  role: "scientist",
  scopes: ["runs.read"],
  restriction_reason: "",
  applications: [],
};

beforeEach(() => serve({ "GET /api/v1/notifications/unread-count/": () => Response.json({ count: 2 }) }));

/** The shell at an address, as somebody sees it whose server has these applications. */
async function shown(address: string, me: Partial<Me>): Promise<HTMLElement> {
  const person = { ...ME, ...me };
  const { container } = await act(async () =>
    render(
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
          <MemoryRouter initialEntries={[address]}>
            <MeContext value={person}>
              <Shell>
                <Routes>
                  {applicationRoutes(installedApplications(person))}
                  <Route path="*" element={<p>no such page</p>} />
                </Routes>
              </Shell>
            </MeContext>
          </MemoryRouter>
        </QueryClientProvider>
      </I18nProvider>,
    ),
  );
  return container;
}

const link = (place: HTMLElement, name: string) =>
  within(within(place).getByRole("navigation", { name: /Main|メイン/ })).queryByRole("link", { name });

describe.each([
  ["en", "Demand forecasting"],
  ["ja", "需要予測"],
] as const)("in %s", (language, demand) => {
  it("is there where the server has it", async () => {
    serve({ "GET /api/v1/demand/areas/": () => listed([]) });
    await loadPageTexts(language);
    await activate(language);
    const place = await shown("/applications", { applications: ["demand"] });
    expect(link(place, demand)).toHaveAttribute("href", "/applications/demand");
    expect(await within(place).findByRole("heading", { level: 1 })).toHaveTextContent(demand);
  });
});

describe("an application that the server does not have", () => {
  it.each([
    ["/applications/demand", ["meshes"]],
    ["/applications/demand/1", ["meshes"]],
    ["/applications/meshes", ["demand"]],
    ["/applications/meshes/1", ["demand", "another"]],
    ["/applications/another", ["demand", "another"]],
    ["/applications/demand", []],
    ["/applications", []],
    ["/applications", ["another"]],
  ])("is no page: %s where there are %j", async (address, applications) => {
    const place = await shown(address, { applications });
    expect(place.textContent).toContain("no such page");
  });

  it("is no entry of the navigation", async () => {
    await activate("en");
    const entry = async (me: Partial<Me>) => link(await shown("/", me), "3D reconstruction");
    expect(await entry({ applications: [] })).toBeNull();
    expect(await entry({ applications: ["another"] })).toBeNull();
    expect(await entry({ applications: ["meshes"], scopes: [] })).toBeNull();
    expect(await entry({ applications: ["meshes"] })).toBeInTheDocument();
  });
});
