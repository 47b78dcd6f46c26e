import type { I18n } from "@lingui/core";
import type { Schemas } from "../api/client";
import type { Me } from "../api/session";
import { count, day, percent } from "./numbers";

type Contract = Schemas["ContractOut"];
export type Party = "customer" | "maker";

/** The side that a person signs for, as the server sees it: who may create contracts is the provider. */
export function partyOf(me: Pick<Me, "scopes">): Party | null {
  if (me.scopes.includes("contracts.write")) return "maker";
  return me.scopes.includes("contracts.sign") ? "customer" : null;
}

/** Somebody who reads and signs contracts, and does none of the work. */
export function isCustomer(me: Pick<Me, "scopes">): boolean {
  const works = ["runs.write", "labels.write", "labels.review", "projects.write", "members.write"];
  return partyOf(me) === "customer" && !works.some((scope) => me.scopes.includes(scope));
}

export interface ContractSentence {
  text: string;
  /** `act`: this person is waited for; `wait`: somebody else is. */
  tone: "act" | "wait" | "good" | "bad" | "ended";
}

/** Where a contract stands, in one sentence, for the person who reads it. */
export function contractSentence(i18n: I18n, contract: Contract, party: Party | null): ContractSentence {
  const { terms, state } = contract;
  const target = percent(terms.target, i18n.locale, Number.isInteger(terms.target * 100) ? 0 : 1);
  const evaluated = contract.evaluations.find(({ verdict }) => verdict !== "");
  const model = evaluated ? `${evaluated.model} ${evaluated.version}` : "";
  if (state === "draft") return draftSentence(i18n, contract, party);
  if (state === "passed")
    return {
      tone: "good",
      text: i18n._("Accepted: {model} is shown to be more than {target} accurate.", { model, target }),
    };
  if (state === "failed")
    return {
      tone: "bad",
      text: i18n._("Not accepted: {model} is not shown to be more than {target} accurate.", {
        model,
        target,
      }),
    };
  if (state === "withdrawn")
    return {
      tone: "ended",
      text: i18n._("Withdrawn on {day} without a verdict.", {
        day: day((contract.closed_at ?? contract.created_at).slice(0, 10), i18n.locale),
      }),
    };
  const running = contract.evaluations.some(({ job }) => job.state === "queued" || job.state === "running");
  if (running) return { tone: "wait", text: i18n._("The acceptance test is running.") };
  const left = contract.submissions_left;
  if (evaluated) {
    const missing = missingItems(evaluated.result);
    return missing === null
      ? {
          tone: party === "maker" ? "act" : "wait",
          text: i18n._(
            "Not enough evidence yet about {model}. {left, plural, =0 {No submission is left.} one {# submission is left.} other {# submissions are left.}}",
            { model, left },
          ),
        }
      : {
          tone: party === "maker" ? "act" : "wait",
          text: i18n._(
            "Not enough evidence yet about {model}: about {items, plural, one {# more test item is needed.} other {# more test items are needed.}}",
            { model, items: missing },
          ),
        };
  }
  return party === "maker"
    ? {
        tone: "act",
        text: i18n._(
          "In force: waits for your acceptance test. {left, plural, one {# submission is left.} other {# submissions are left.}}",
          { left },
        ),
      }
    : { tone: "wait", text: i18n._("In force: waits for the provider's acceptance test.") };
}

function draftSentence(i18n: I18n, contract: Contract, party: Party | null): ContractSentence {
  const signed = (entry: Party) => contract.signatures.some((row) => row.party === entry);
  if (contract.signable_party !== null)
    return {
      tone: "act",
      text: signed(contract.signable_party === "maker" ? "customer" : "maker")
        ? i18n._("Waits for your signature. The other side has signed.")
        : i18n._("Waits for your signature."),
    };
  const [customer, maker] = [signed("customer"), signed("maker")];
  const mine = party === "customer" ? customer : party === "maker" ? maker : false;
  if (!customer && !maker) return { tone: "wait", text: i18n._("Waits for both signatures.") };
  if (mine)
    return {
      tone: "wait",
      text: customer
        ? i18n._("Your side has signed. Waits for the provider's signature.")
        : i18n._("Your side has signed. Waits for the customer's signature."),
    };
  return {
    tone: "wait",
    text: customer
      ? i18n._("Waits for the provider's signature.")
      : i18n._("Waits for the customer's signature."),
  };
}

function missingItems(result: Record<string, unknown>): number | null {
  const parts = Array.isArray(result.parts) ? (result.parts as Record<string, unknown>[]) : [];
  const missing = parts
    .filter((part) => part.state === "inconclusive")
    .map((part) => part.additional_samples_needed);
  const known = missing.filter((items) => typeof items === "number");
  return known.length > 0 && known.length === missing.length ? Math.max(...known) : null;
}

/** What a contract is about: its target and the risk that the customer takes. */
export function contractClaim(i18n: I18n, contract: Contract): string {
  return i18n._("Accuracy above {target} (α = {risk})", {
    target: percent(
      contract.terms.target,
      i18n.locale,
      Number.isInteger(contract.terms.target * 100) ? 0 : 1,
    ),
    risk: percent(contract.terms.false_accept_risk ?? 0.05, i18n.locale, 0),
  });
}

/** What one more acceptance test of a model costs. */
export function submissionCost(i18n: I18n, contract: Contract, versionId: number): string {
  const isSubmitted = contract.evaluations.some((row) => row.model_version_id === versionId);
  if (isSubmitted)
    return i18n._("Uses no submission: this model was submitted before. The evaluation goes on record.");
  return i18n._("Uses 1 of {left} remaining submissions. This cannot be undone.", {
    left: count(contract.submissions_left, i18n.locale),
  });
}
