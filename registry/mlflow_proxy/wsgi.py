"""WSGI entry of the MLflow proxy alone, for a deployment that gives MLflow's clients a service of their own."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402  # as below

from plateau.http.load_shedding import LoadShedder  # noqa: E402  # as below
from plateau.telemetry.metrics import REQUESTS_SHED  # noqa: E402  # as below
from registry.mlflow_proxy.proxy import MlflowProxy, not_found_app  # noqa: E402  # Django's apps must be loaded first

proxy = MlflowProxy(not_found_app)
proxy.load()  # before anybody calls: it takes five seconds
application = LoadShedder(
    proxy,
    threads=settings.WEB_THREADS,
    queue_capacity=settings.WEB_QUEUE_CAPACITY,
    on_rejected=REQUESTS_SHED.labels("mlflow").inc,
)
