import { screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { show } from "../testing/render";
import { fromItems, useOrigin } from "./origin";

function Back() {
  const origin = useOrigin(7);
  return origin ? <a href={origin[0]}>{origin[1]}</a> : <p>none</p>;
}

describe("the way back from the editor", () => {
  it("leads to the same items, with their filters and the open one", async () => {
    await show(<Back />, { address: `/label/7?task=3&${fromItems("?state=done&item=3")}` });
    const link = screen.getByRole("link", { name: "Back to items" });
    expect(link).toHaveAttribute("href", "/projects/7/items?state=done&item=3");
  });

  it.each([
    "",
    "https://elsewhere.example",
    "//elsewhere.example",
    "../../members",
    "items/../../x",
    "items2",
  ])("leads nowhere else: %s", async (from) => {
    await show(<Back />, { address: `/label/7?task=3&from=${encodeURIComponent(from)}` });
    expect(screen.getByText("none")).toBeInTheDocument();
  });
});
