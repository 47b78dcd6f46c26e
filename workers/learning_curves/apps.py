"""App config."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    """Label: `budget`."""

    name = "workers.learning_curves"
    label = "budget"
