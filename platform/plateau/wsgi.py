"""WSGI entry: Django, with MLflow's door mounted at /mlflow."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plateau.settings")
django_application = get_wsgi_application()

from plateau.observe import tracing  # noqa: E402  # as above
from registry.tracking.gate import MlflowGate  # noqa: E402  # Django's apps must be loaded first

tracing.set_up("web")
application = tracing.traced_wsgi(MlflowGate(django_application))
