"""WSGI entry of the door alone, for a deployment that gives MLflow's clients a service of their own."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateau.settings")
django.setup()

from registry.tracking.gate import MlflowGate, nothing_else  # noqa: E402  # Django's apps must be loaded first

application = MlflowGate(nothing_else)
