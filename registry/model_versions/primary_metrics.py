"""The metric that a kind of answers goes by, in comparisons, curves, baselines and searches."""

PRIMARY = {"classes": "accuracy", "number": "explained", "regions": "ap50", "spans": "span_f1"}
