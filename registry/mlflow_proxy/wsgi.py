"""WSGI entry of the door alone, for a deployment that gives MLflow's clients a service of their own."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # as below

from plateau.http.load_shedding import Admission  # noqa: E402  # as below
from plateau.telemetry.metrics import REFUSED  # noqa: E402  # as below
from registry.mlflow_proxy.proxy import MlflowGate, nothing_else  # noqa: E402  # Django's apps must be loaded first

gate = MlflowGate(nothing_else)
gate.load()  # before anybody calls: it takes five seconds
application = Admission(gate, slots=settings.WEB_SLOTS, room=settings.WEB_ROOM, refused=REFUSED.labels("mlflow").inc)
