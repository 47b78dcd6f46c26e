import { i18n } from "@lingui/core";
import { beforeAll, describe, expect, it } from "vitest";
import { activate } from "../i18n";
import { contract, evaluation, signature } from "../testing/contracts";
import { contractSentence, partyOf, submissionCost } from "./contract-sentence";

beforeAll(() => activate("en"));

describe("the side of a person", () => {
  it("is the provider's with the right to create contracts, else the customer's, else none", () => {
    expect(partyOf({ scopes: ["contracts.write", "contracts.sign"] })).toBe("maker");
    expect(partyOf({ scopes: ["contracts.sign"] })).toBe("customer");
    expect(partyOf({ scopes: ["contracts.read"] })).toBeNull();
  });
});

describe("the sentence of a contract", () => {
  const say = (...[row, party]: [Parameters<typeof contract>[0], "customer" | "maker" | null]) =>
    contractSentence(i18n, contract(row), party);

  it("asks for the signature of who may sign", () => {
    expect(say({ signable_party: "customer" }, "customer")).toEqual({
      tone: "act",
      text: "Waits for your signature.",
    });
    expect(say({ signable_party: "customer", signatures: [signature("maker")] }, "customer").text).toBe(
      "Waits for your signature. The other side has signed.",
    );
  });
  it("says for whose signature it waits", () => {
    expect(say({ signatures: [signature("customer")] }, "customer").text).toBe(
      "Your side has signed. Waits for the provider's signature.",
    );
    expect(say({ signatures: [signature("maker")] }, "maker").text).toBe(
      "Your side has signed. Waits for the customer's signature.",
    );
    expect(say({ signatures: [signature("maker")] }, null).text).toBe("Waits for the customer's signature.");
    expect(say({}, null).text).toBe("Waits for both signatures.");
  });
  it("asks the provider alone for a test", () => {
    expect(say({ state: "signed", submissions_left: 2 }, "maker").text).toBe(
      "In force: waits for your acceptance test. 2 submissions are left.",
    );
    expect(say({ state: "signed" }, "customer")).toEqual({
      tone: "wait",
      text: "In force: waits for the provider's acceptance test.",
    });
  });
  it("says how many items a test still needs", () => {
    const evaluations = [
      evaluation("inconclusive", {
        value: 0.91,
        low: 0.8,
        high: 0.97,
        p_value: 0.4,
        additional_samples_needed: 120,
      }),
    ];
    expect(say({ state: "signed", evaluations }, "customer").text).toBe(
      "Not enough evidence yet about image_cnn 1: about 120 more test items are needed.",
    );
  });
  it("tells the verdict", () => {
    const evaluations = [evaluation("pass", { value: 0.96, low: 0.9, high: 1, p_value: 0.02 })];
    expect(say({ state: "passed", evaluations }, "customer").text).toBe(
      "Accepted: image_cnn 1 is shown to be more than 90% accurate.",
    );
    expect(say({ state: "failed", evaluations }, "customer").tone).toBe("bad");
  });
});

describe("the cost of a test", () => {
  it("is a submission, and none for a model that was submitted before", () => {
    const row = contract({
      submissions_left: 1,
      evaluations: [evaluation("inconclusive", { value: 0.9, low: 0.8, high: 1, p_value: 0.4 })],
    });
    expect(submissionCost(i18n, row, 8)).toBe("Uses 1 of 1 remaining submissions. This cannot be undone.");
    expect(submissionCost(i18n, row, 7)).toContain("Uses no submission");
  });
});
