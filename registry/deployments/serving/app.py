"""The serving process: `granian --interface wsgi --workers 1 … registry.deployments.serving.app:application`."""

import os
import socket

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from registry.deployments.serving.http import ServingApplication  # noqa: E402  # Django is set up first
from registry.deployments.serving.manager import ModelManager  # noqa: E402  # as above

manager = ModelManager(f"{socket.gethostname()}:{os.getpid()}")
manager.start()
application = ServingApplication(manager)
