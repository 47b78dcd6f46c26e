"""WSGI entry: Django, with the MLflow proxy mounted at /mlflow."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  # as above

from plateau.http.load_shedding import LoadShedder  # noqa: E402  # as above
from plateau.http.outbound_routes import is_outbound_route  # noqa: E402  # as above
from plateau.storage.patience import patience  # noqa: E402  # as above
from plateau.telemetry import tracing  # noqa: E402  # as above
from plateau.telemetry.metrics import REQUESTS_SHED  # noqa: E402  # as above
from registry.mlflow_proxy.proxy import MlflowProxy  # noqa: E402  # Django's apps must be loaded first

tracing.set_up("web")
patience.fails_fast = True
mlflow_proxy = MlflowProxy(django_application)
if settings.MLFLOW_AT_START:  # five seconds in which the first callers would hold every slot, and annotators wait
    mlflow_proxy.load()
application = LoadShedder(
    tracing.traced_wsgi(mlflow_proxy),
    threads=settings.WEB_THREADS,
    queue_capacity=settings.WEB_QUEUE_CAPACITY,
    is_outbound=is_outbound_route,
    on_rejected=REQUESTS_SHED.labels("web").inc,
)
gc.freeze()  # what was imported stays: collections between requests need not look at it
