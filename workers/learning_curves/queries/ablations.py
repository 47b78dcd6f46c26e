"""Ablations: options of one recipe parameter, compared over paired seeds."""

import numpy as np

from plateau.jobs.api import job_out
from statkit.learning_curves.data_efficiency import compare_data_efficiency
from workers.catalog import recipe_spec
from workers.learning_curves.models import Ablation
from workers.learning_curves.queries.points import metric_points
from workers.learning_curves.schemas import AblationOut, AblationVariantOut, SeedIntervalOut
from workers.recipes.spec import ChoiceParam


def ablation_out(ablation: Ablation) -> AblationOut:
    """An ablation on the wire, compared over the seeds that every variant completed at every size."""
    choices = {param.key: param for param in recipe_spec(ablation.recipe).params if isinstance(param, ChoiceParam)}
    curves = sorted(ablation.learning_curves.all(), key=lambda curve: curve.pk)
    sizes, planned_seeds = curves[0].sizes, curves[0].seeds
    errors = {
        (curve.params[ablation.parameter], point["n"], point["seed"]): 1 - point["score"]
        for curve in curves
        for point in metric_points(list(curve.points.all()), "accuracy")
    }
    variants = [curve.params[ablation.parameter] for curve in curves]
    completed_seeds = [
        seed for seed in planned_seeds if all((variant, n, seed) in errors for variant in variants for n in sizes)
    ]
    baseline = str(choices[ablation.parameter].default)
    rows = []
    if len(completed_seeds) >= 2:
        tables = {
            variant: np.array([[errors[variant, n, seed] for n in sizes] for seed in completed_seeds])
            for variant in variants
        }
        rows = [
            AblationVariantOut(
                variant=efficiency.variant,
                errors=[SeedIntervalOut.model_validate(error.as_json()) for error in efficiency.errors],
                error_reductions=[SeedIntervalOut.model_validate(gain.as_json()) for gain in efficiency.gains],
                label_savings=SeedIntervalOut.model_validate(efficiency.label_savings.as_json())
                if efficiency.label_savings
                else None,
            )
            for efficiency in compare_data_efficiency(sizes, tables, baseline=baseline)
        ]
    return AblationOut(
        id=ablation.pk,
        snapshot_version=ablation.snapshot.version,
        recipe=ablation.recipe,
        parameter=ablation.parameter,
        baseline=baseline,
        params={key: value for key, value in curves[0].params.items() if key != ablation.parameter},
        sizes=sizes,
        completed_seeds=len(completed_seeds),
        planned_seeds=len(planned_seeds),
        completed_trainings=len(errors),
        planned_trainings=len(variants) * len(sizes) * len(planned_seeds),
        variants=rows,
        created_at=ablation.created_at,
        jobs=[job_out(curve.job) for curve in curves],
    )
