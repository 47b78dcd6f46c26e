"""App config."""

from django.apps import AppConfig


class BudgetConfig(AppConfig):
    """Label: `budget`."""

    name = "workers.budget"
    label = "budget"
