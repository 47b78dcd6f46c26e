import type { I18n } from "@lingui/core";

/** What a job of a kind does, in the person's language; the key of a kind that this version does not know. */
export function jobTitle(i18n: I18n, kind: string): string {
  return jobTitles(i18n)[kind] ?? kind;
}

export function jobTitles(i18n: I18n): Record<string, string> {
  return {
    ingest: i18n._("Data import"),
    erase: i18n._("Erasure"),
    import_labels: i18n._("Label import"),
    snapshot: i18n._("Snapshot"),
    selection: i18n._("Active learning"),
    aggregation: i18n._("Consensus of a task"),
    consensus: i18n._("Consensus"),
    "label-issues": i18n._("Label error search"),
    train: i18n._("Training"),
    trial: i18n._("Sweep trial"),
    "learning-curve": i18n._("Learning curve"),
    "active-learning-simulation": i18n._("Active learning simulation"),
    export: i18n._("Browser export"),
    evaluate: i18n._("Evaluation"),
    evaluate_contract: i18n._("Acceptance test"),
    predict: i18n._("Batch prediction"),
    "mesh-render": i18n._("Image rendering"),
    "mesh-train": i18n._("3D reconstruction training"),
    "mesh-reconstruct": i18n._("3D reconstruction"),
    "demand-report": i18n._("Demand report"),
    demo: i18n._("Sample data"),
    "demo-run": i18n._("Live demo"),
    "demand-refresh": i18n._("Demand forecast"),
  };
}
