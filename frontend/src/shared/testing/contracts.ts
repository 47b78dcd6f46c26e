import type { Schemas } from "../api/client";

/** A contract as the server sends it. */
export function contract(more: Partial<Schemas["ContractOut"]> = {}): Schemas["ContractOut"] {
  return {
    id: 1,
    project_id: 3,
    project: "Fashion",
    title: "Fit for sorting",
    note: "",
    terms: {
      metric: "accuracy",
      target: 0.9,
      expected: 0.95,
      false_accept_risk: 0.05,
      false_reject_risk: 0.1,
      method: "anytime",
      max_submissions: 1,
      new_labels_only: false,
      slices: [],
    },
    terms_hash: "ab".repeat(32),
    wording: {},
    facts: {},
    state: "draft",
    signers: [
      { party: "customer", user_id: 6, name: "Mika" },
      { party: "maker", user_id: 3, name: "Sora" },
    ],
    signatures: [],
    signable_party: null,
    evaluations: [],
    submissions_left: 1,
    created_by: "Sora",
    created_at: "2026-01-01T00:00:00Z",
    signed_at: null,
    closed_at: null,
    etag: "1",
    ...more,
  };
}

export function signature(party: "customer" | "maker"): Schemas["SignatureOut"] {
  return {
    party,
    name: party,
    user_id: party === "customer" ? 6 : 3,
    terms_hash: "ab".repeat(32),
    signed_at: "2026-01-02T00:00:00Z",
  };
}

/** A finished evaluation whose whole has these figures. */
export function evaluation(
  verdict: string,
  whole: {
    value: number;
    low: number;
    high: number;
    p_value: number;
    additional_samples_needed?: number | null;
  },
): Schemas["ContractEvaluationOut"] {
  return {
    id: 1,
    contract_id: 1,
    model_version_id: 7,
    model: "image_cnn",
    version: 1,
    snapshot_id: 1,
    snapshot_version: 2,
    snapshot_hash: "",
    verdict,
    result: {
      verdict,
      parts: [
        {
          key: "all",
          title: "",
          target: 0.9,
          correct: 96,
          items: 100,
          state: verdict,
          additional_samples_needed: null,
          ...whole,
        },
      ],
      errors: [],
      agreement: null,
      prediction_powered: null,
    },
    job: {
      id: 5,
      kind: "judge",
      queue: "cpu",
      priority: 0,
      state: "done",
      project_id: 3,
      message: "",
      done: 1,
      total: 1,
      attempt: 1,
      error: "",
      result: {},
      cancel_requested: false,
      stall_reason: null,
      worker: "",
      lease_until: null,
      created_at: "2026-01-03T00:00:00Z",
      started_at: "2026-01-03T00:00:01Z",
      ended_at: "2026-01-03T00:00:02Z",
    },
    created_by: "Sora",
    created_at: "2026-01-03T00:00:00Z",
    evaluated_at: "2026-01-03T00:00:02Z",
  };
}
