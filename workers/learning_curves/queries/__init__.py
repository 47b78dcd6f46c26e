"""What a learning curve says: points, forecasts, costs and dates, subgroups, calibration of past forecasts."""

from workers.learning_curves.queries.ablations import ablation_out
from workers.learning_curves.queries.calibration import calibration_history
from workers.learning_curves.queries.costs import (
    LabelingEffort,
    forecast_cost,
    get_cost_model,
    labeling_efforts,
    labeling_value_as_json,
    labels_since,
)
from workers.learning_curves.queries.forecasts import (
    cached_forecast,
    fit_forecast,
    forecast_as_json,
    interpolate_band,
    quantiles_as_json,
    target_status,
)
from workers.learning_curves.queries.points import (
    last_gain,
    latest_learning_curve,
    metric_points,
    newest_measured_curves,
)
from workers.learning_curves.queries.subgroups import (
    agreement_by_project,
    count_contracts_by_state,
    diagnose,
    subgroup_forecasts,
)

__all__ = [
    "LabelingEffort",
    "ablation_out",
    "agreement_by_project",
    "cached_forecast",
    "calibration_history",
    "count_contracts_by_state",
    "diagnose",
    "fit_forecast",
    "forecast_as_json",
    "forecast_cost",
    "get_cost_model",
    "interpolate_band",
    "labeling_efforts",
    "labeling_value_as_json",
    "labels_since",
    "last_gain",
    "latest_learning_curve",
    "metric_points",
    "newest_measured_curves",
    "quantiles_as_json",
    "subgroup_forecasts",
    "target_status",
]
