import { describe, expect, it } from "vitest";
import { isWithin } from "./navigation";

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
