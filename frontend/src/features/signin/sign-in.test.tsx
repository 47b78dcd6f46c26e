import { screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "../../shared/testing/render";
import { type Call, problem, serve } from "../../shared/testing/server";
import { PasswordResetPage } from "./password-reset-page";
import { SignIn } from "./sign-in";

vi.setConfig({ testTimeout: 60_000 }); // the first test loads the catalogs and the components

beforeEach(() => serve({ "GET /api/v1/session/": () => new Response(null, { status: 204 }) }));

describe("signing in", () => {
  it("says what is wrong and keeps the address", async () => {
    serve({
      "POST /api/v1/session/": () =>
        problem(401, "wrong_credentials", "The e-mail address or password is incorrect."),
    });
    const hands = await show(<SignIn />);
    await hands.type(screen.getByRole("textbox", { name: "E-mail address" }), "sora@ours.example");
    await hands.type(screen.getByLabelText("Password"), "not this one");
    await hands.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "The e-mail address or password is incorrect.",
    );
    expect(screen.getByRole("textbox", { name: "E-mail address" })).toHaveValue("sora@ours.example");
  });

  it("asks for the two-factor code where the server wants one, and leads back", async () => {
    const sent: unknown[] = [];
    const required = {
      ...(await problem(401, "second_factor_required", "Now your second factor.").json()),
      factors: ["totp"],
    };
    serve({
      "POST /api/v1/session/": () => Response.json(required, { status: 401 }),
      "POST /api/auth/2fa": ({ body }: Call) => {
        sent.push(body);
        return Response.json(
          { status: 400, errors: [{ message: "Incorrect code.", code: "x" }] },
          { status: 400 },
        );
      },
    });
    const hands = await show(<SignIn />);
    await hands.type(screen.getByRole("textbox", { name: "E-mail address" }), "sora@ours.example");
    await hands.type(screen.getByLabelText("Password"), "eleven violet tables");
    await hands.click(screen.getByRole("button", { name: "Sign in" }));
    await hands.type(await screen.findByRole("textbox", { name: "Two-factor code" }), "123 456");
    await hands.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Incorrect code.");
    expect(sent).toEqual([{ code: "123456" }]);
    await hands.click(screen.getByRole("button", { name: "Back to sign-in" }));
    expect(screen.getByRole("heading", { name: "Sign in" })).toBeInTheDocument();
  });

  it("is in Japanese where that is chosen", async () => {
    await show(<SignIn />, { language: "ja" });
    expect(screen.getByRole("button", { name: "SSOでログイン" })).toBeInTheDocument();
  });
});

describe("a forgotten password", () => {
  it("tells the same whether there is an account, and what to do where no e-mail is sent", async () => {
    let isSetUp = false;
    serve({
      "POST /api/v1/password-reset/": () =>
        isSetUp
          ? new Response(null, { status: 204 })
          : problem(409, "email_not_set_up", "This server sends no e-mail. Ask an admin."),
    });
    const hands = await show(<PasswordResetPage />);
    await hands.type(screen.getByRole("textbox", { name: "E-mail address" }), "sora@ours.example");
    await hands.click(screen.getByRole("button", { name: "Send password reset link" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Ask an admin");
    isSetUp = true;
    await hands.click(screen.getByRole("button", { name: "Send password reset link" }));
    await waitFor(() =>
      expect(screen.getByRole("status")).toHaveTextContent("If sora@ours.example has an account"),
    );
  });
});
