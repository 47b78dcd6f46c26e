import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { MemoryRouter, Route, Routes } from "react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Me, MeContext } from "../shared/api/session";
import { activate } from "../shared/i18n";
import { listed, serve } from "../shared/testing/server";
import { applicationRoutes, installedApplications } from "./applications";
import { Shell } from "./shell";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
vi.setConfig({ testTimeout: 120_000 }); // pages and catalogs are loaded as in the browser

const ME: Me = {
  user_id: 1,
  name: "Sora",
  email: "sora@ours.example",
  language: "en",
  organization: "Ours",
  role: "scientist",
  scopes: ["runs.read"],
  restriction_reason: "",
  applications: [],
};

/** The shell at an address, as somebody sees it whose server has these applications. */
async function shown(address: string, me: Partial<Me>): Promise<HTMLElement> {
  const person = { ...ME, ...me };
  const place = document.body.appendChild(document.createElement("div"));
  await act(async () =>
    createRoot(place).render(
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
  return place;
}

const entry = (place: HTMLElement) => place.querySelector('header nav a[href="/applications"]')?.textContent;

afterEach(() => document.body.replaceChildren());

describe.each([
  ["en", "Applications", "Demand by place"],
  ["ja", "アプリケーション", "場所ごとの需要"],
] as const)("in %s", (language, group, demand) => {
  it("is there where the server has it, under its group", async () => {
    serve({ "GET /api/v1/demand/areas/": () => listed([]) });
    await activate(language);
    const place = await shown("/applications", { applications: ["demand"] });
    expect(entry(place)).toBe(group);
    while (!place.querySelector("h1")) await act(() => new Promise((resolve) => setTimeout(resolve)));
    expect(place.querySelector("h1")?.textContent).toBe(demand);
    const tabs = place.querySelectorAll(`nav[aria-label="${group}"] a`);
    expect([...tabs].map((tab) => [tab.textContent, tab.getAttribute("href")])).toEqual([
      [demand, "/applications/demand"],
    ]);
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
    expect(entry(await shown("/", { applications: [] }))).toBeUndefined();
    expect(entry(await shown("/", { applications: ["another"] }))).toBeUndefined();
    expect(entry(await shown("/", { applications: ["meshes"], scopes: [] }))).toBeUndefined();
    expect(entry(await shown("/", { applications: ["meshes"] }))).toBe("Applications");
  });
});
