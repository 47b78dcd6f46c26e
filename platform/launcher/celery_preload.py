"""Imported once by the process that Celery's processes are forks of; opens nothing and starts no thread."""

import gc
import os
from importlib import import_module

from celery.app.utils import find_app

application = find_app(os.environ["CELERY_APPLICATION"])
application.finalize()
application.loader.import_default_modules()
# What Celery imports when a command begins.
for module in (
    "celery.apps.beat",
    "celery.apps.worker",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.control",
    "kombu.transport.redis",
):
    import_module(module)
# Collections would write to every page of what was imported, and so end the sharing.
gc.collect()
gc.freeze()
