"""Imported once by the process that Celery's processes are forks of; opens nothing and starts no thread."""

import gc
import os

from celery.app.utils import find_app

from launcher.celery_child import APPLICATION

application = find_app(os.environ[APPLICATION])
application.finalize()
application.loader.import_default_modules()
# Collections would write to every page of what was imported, and so end the sharing.
gc.collect()
gc.freeze()
