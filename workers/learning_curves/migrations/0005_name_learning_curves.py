"""Tables and columns of 0.2.0 get the names of learning curves, ablations, simulations and backtests."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("learning_curves", "0004_ways_study_ways")]

    operations = [
        migrations.RemoveConstraint("curvepoint", "point_once"),
        migrations.RemoveConstraint("forecastoutcome", "outcome_once"),
        migrations.RemoveConstraint("liveplan", "live_every_ten_labels_at_least"),
        migrations.RenameModel("Ways", "Ablation"),
        migrations.RenameModel("Study", "LearningCurve"),
        migrations.RenameModel("ForecastRecord", "StoredForecast"),
        migrations.RenameModel("ForecastOutcome", "ForecastBacktest"),
        migrations.RenameModel("LivePlan", "LearningCurveSchedule"),
        migrations.RenameModel("Economics", "ProjectCostModel"),
        migrations.RenameModel("Replay", "ActiveLearningSimulation"),
        migrations.RenameField("ablation", "choice", "parameter"),
        migrations.RenameField("learningcurve", "plan", "training_plan"),
        migrations.RenameField("learningcurve", "budget", "compute_budget"),
        migrations.RenameField("learningcurve", "live", "is_scheduled"),
        migrations.RenameField("learningcurve", "ways", "ablation"),
        migrations.RenameField("curvepoint", "study", "learning_curve"),
        migrations.RenameField("curvepoint", "seconds", "training_seconds"),
        migrations.RenameField("curvepoint", "reused", "is_reused"),
        migrations.RenameField("storedforecast", "study", "learning_curve"),
        migrations.RenameField("storedforecast", "body", "forecast"),
        migrations.RenameField("forecastbacktest", "record", "stored_forecast"),
        migrations.RenameField("forecastbacktest", "low", "low_80"),
        migrations.RenameField("forecastbacktest", "middle", "median"),
        migrations.RenameField("forecastbacktest", "high", "high_80"),
        migrations.RenameField("forecastbacktest", "distance", "scaled_error"),
        migrations.RenameField("forecastbacktest", "inside80", "is_in_80"),
        migrations.RenameField("forecastbacktest", "inside95", "is_in_95"),
        migrations.RenameField("learningcurveschedule", "problem", "last_error"),
        migrations.RenameField("learningcurveschedule", "changed_at", "updated_at"),
        migrations.RenameField("projectcostmodel", "price", "cost_per_label"),
        migrations.RenameField("projectcostmodel", "miss", "fn_cost"),
        migrations.RenameField("projectcostmodel", "false_alarm", "fp_cost"),
        migrations.RenameField("projectcostmodel", "miss_share", "fn_fraction"),
        migrations.RenameField("projectcostmodel", "decisions", "decisions_per_month"),
        migrations.RenameField("projectcostmodel", "today", "baseline_cost"),
        migrations.RenameField("projectcostmodel", "running", "operating_cost"),
        migrations.AlterModelOptions("ablation", {"verbose_name": "ablation"}),
        migrations.AlterModelOptions("learningcurve", {"verbose_name": "learning curve"}),
        migrations.AlterField(
            "ablation",
            "project",
            models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="ablations"),
        ),
        migrations.AlterField(
            "ablation",
            "snapshot",
            models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="ablations"),
        ),
        migrations.AlterField(
            "learningcurve",
            "project",
            models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="learning_curves"),
        ),
        migrations.AlterField(
            "learningcurve",
            "snapshot",
            models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="learning_curves"),
        ),
        migrations.AlterField(
            "learningcurve",
            "ablation",
            models.ForeignKey(
                "learning_curves.Ablation", on_delete=models.CASCADE, null=True, related_name="learning_curves"
            ),
        ),
        migrations.AlterField(
            "forecastbacktest",
            "stored_forecast",
            models.ForeignKey("learning_curves.StoredForecast", on_delete=models.CASCADE, related_name="backtests"),
        ),
        migrations.AlterField(
            "learningcurveschedule",
            "project",
            models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="learning_curve_schedule"),
        ),
        migrations.AlterField(
            "projectcostmodel",
            "project",
            models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="cost_model"),
        ),
        migrations.AlterField(
            "activelearningsimulation",
            "project",
            models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="active_learning_simulations"),
        ),
        migrations.AlterField(
            "activelearningsimulation",
            "snapshot",
            models.ForeignKey(
                "snapshots.Snapshot", on_delete=models.PROTECT, related_name="active_learning_simulations"
            ),
        ),
        migrations.AddConstraint(
            "curvepoint",
            models.UniqueConstraint(fields=["learning_curve", "n", "seed"], name="curve_point_once"),
        ),
        migrations.AddConstraint(
            "forecastbacktest",
            models.UniqueConstraint(fields=["stored_forecast", "n"], name="forecast_backtest_once"),
        ),
        migrations.AddConstraint(
            "learningcurveschedule",
            models.CheckConstraint(condition=models.Q(every_labels__gte=10), name="schedule_of_ten_labels_at_least"),
        ),
    ]
