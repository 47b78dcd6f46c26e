import { i18n } from "@lingui/core";
import { describe, expect, it } from "vitest";
import type { Me } from "../../shared/api/session";
import { isWithin, navigation } from "./navigation";

describe("the marked place of the sidebar", () => {
  it.each([
    ["/models", "/models", true],
    ["/models/1/main", "/models", true],
    ["/versions/3", "/models", true],
    ["/compare", "/models", true],
    ["/runs/7", "/projects", true],
    ["/projects-of-others", "/projects", false],
    ["/datasets", "/models", false],
  ])("is for %s at %s: %s", (pathname, to, expected) => {
    expect(isWithin(pathname, to)).toBe(expected);
  });
});

describe("the navigation", () => {
  const pagesOf = (...scopes: string[]) =>
    navigation({ scopes, applications: [] } as unknown as Me, i18n).flatMap(({ destinations }) =>
      destinations.map(({ to }) => to),
    );

  it("leads reviewers to projects, and annotators to their tasks alone", () => {
    expect(pagesOf("labels.write", "labels.review")).toEqual(["/label", "/review", "/projects"]);
    expect(pagesOf("labels.write")).toEqual(["/label"]);
  });
});
