"""Settings, all from the environment; `launcher.layout` gives the defaults of `make up`."""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config.settings.renamed import find_former_names
from plateau.http.security_headers import isolate_runner
from plateau.network.email_url import parse_email_url
from plateau.releases.version import product_version
from plateau.secrets.strength import weaknesses

ROOT = Path(__file__).resolve().parents[2]


def _need(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. `make up` sets it; elsewhere see docs/how-to/deploy.md")
    return value


def _list(name: str, default: str) -> list[str]:
    return [part for part in os.environ.get(name, default).split(",") if part]


def _applications(default: str) -> list[str]:
    """Folders of `workers/applications` that are wanted, each once and in the order of `PLATEAU_APPLICATIONS`."""
    applications = sorted(path.parent.name for path in (ROOT / "workers" / "applications").glob("*/apps.py"))
    names = [name.strip() for name in _list("PLATEAU_APPLICATIONS", default)]
    if unknown := sorted({name for name in names if name and name not in applications}):
        advice = f"Name any of {', '.join(applications)}, by comma; set it to nothing to leave all of them out"
        raise ImproperlyConfigured(f"PLATEAU_APPLICATIONS: there is no application {', '.join(unknown)}. {advice}.")
    return [name for name in dict.fromkeys(names) if name]


PLATEAU_HOME = Path(os.environ.get("PLATEAU_HOME", ROOT / "var"))
PLATEAU_URL = os.environ.get("PLATEAU_URL", "http://127.0.0.1:8000")
if temporary_folder := os.environ.get("TMPDIR"):  # Python would silently use /tmp where it is missing
    Path(temporary_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = _need("SECRET_KEY")
DEBUG = os.environ.get("DEBUG") == "1"
if weak := weaknesses(os.environ):
    advice = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(40))"'
    raise ImproperlyConfigured("; ".join(weak) + ". " + advice)
if renamed := find_former_names(os.environ):
    raise ImproperlyConfigured(f"{'; '.join(renamed)}. Rename it in the environment (docs/how-to/upgrade.md).")
if DEBUG and os.environ.get("BEHIND_TLS_PROXY") == "1":
    raise ImproperlyConfigured("DEBUG shows settings to everybody: it cannot be on behind a proxy")
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
ALLOWED_HOSTS = _list("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = _list("CSRF_TRUSTED_ORIGINS", "")
CSRF_FAILURE_VIEW = "plateau.http.csrf.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("BEHIND_TLS_PROXY") == "1" else None
SESSION_COOKIE_SAMESITE = "Lax"
if os.environ.get("BEHIND_TLS_PROXY") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take such a name from this very host alone, over TLS.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS = 365 * 24 * 3600, True
NUM_PROXIES = int(os.environ.get("NUM_PROXIES", "0"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "plateau.audit",
    "plateau.identity",
    "plateau.notifications",
    "plateau.jobs",
    "plateau.quotas",
    "plateau.backups",
    "plateau.releases",
    "plateau.datalake",
    "annotation.projects",
    "annotation.labeling",
    "annotation.quality",
    "annotation.snapshots",
    "annotation.formats",
    "annotation.samples",
    "registry.model_versions",
    "registry.webhooks",
    "registry.deployments",
    "registry.contracts",
    "registry.segmentation_models",
    "registry.mlflow_store",
    "workers.training",
    "workers.learning_curves",
    "workers.sweeps",
    "workers.batch_inference",
    "workers.demo",
]
# Optional: what one of these adds (tables, addresses, jobs, schedules, screens) is there where it is named here.
APPLICATIONS = _applications("demand,meshes")
INSTALLED_APPS += [f"workers.applications.{name}" for name in APPLICATIONS]

if find_spec("django_migration_linter"):  # a development package
    INSTALLED_APPS.append("django_migration_linter")

MIDDLEWARE = [
    "plateau.telemetry.middleware.RequestTelemetryMiddleware",
    "plateau.http.security_headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "plateau.http.compression.CompressText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "plateau.http.language.RequestLanguage",
    "plateau.identity.devices.RememberDevice",
    "allauth.account.middleware.AccountMiddleware",
]
APPEND_SLASH = False
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}
]
WHITENOISE_ROOT = ROOT / "frontend" / "dist"
WHITENOISE_ADD_HEADERS_FUNCTION = isolate_runner
DOCUMENTATION_ROOT = ROOT / "dist" / "docs"
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/(runner/)?assets/.+-[\w-]{8,}\.\w+$"

DATABASES = {"default": dj_database_url.parse(_need("DATABASE_URL"), conn_max_age=600, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server; nothing else is supported")
DATABASES["default"]["ENGINE"] = "plateau.database.postgresql"
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
if metrics_folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):  # the processes of one service count together
    Path(metrics_folder).mkdir(mode=0o700, parents=True, exist_ok=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _need("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "plateau.identity.sessions"

AUTH_USER_MODEL = "identity.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "plateau.identity.passwords.BreachedPasswordValidator"},
]
BREACH_LIST = Path(os.environ.get("BREACH_LIST", PLATEAU_HOME / "breached-passwords"))
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
SESSION_COOKIE_AGE = 7 * 24 * 3600  # the longest; an organization's `idle_hours` end it sooner

# django-allauth: second factors, passkeys and single sign-on. Only what identity/auth_flows_api.py names is served.
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_FRONTEND_URLS = {"socialaccount_login_error": "/?sign-in=failed"}
LOGIN_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = NUM_PROXIES
ACCOUNT_ADAPTER = "plateau.identity.auth_flows.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this browser stays; the others end, since their hash no longer fits
MFA_ADAPTER = "plateau.identity.auth_flows.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by admins
MFA_TOTP_ISSUER = "Plateau"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = os.environ.get("BEHIND_TLS_PROXY") != "1"  # localhost alone, as browsers have it
SOCIALACCOUNT_ADAPTER = "plateau.identity.auth_flows.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SECRET_KEY_FALLBACKS = _list("SECRET_KEY_FALLBACKS", "")

# E-mail: smtp://user:password@host:587 (STARTTLS), smtps://user:password@host:465 (TLS), or nothing: none is sent.
EMAIL_URL = os.environ.get("EMAIL_URL", "")
_email = parse_email_url(EMAIL_URL)
EMAIL_HOST, EMAIL_PORT = _email.host, _email.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email.user, _email.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _email.starttls, _email.tls
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "Plateau <plateau@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ja", "日本語")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"

# One setting moves every file from local disk to S3: STORAGE_URL=s3://bucket (or file:///path).
STORAGE_URL = os.environ.get("STORAGE_URL", f"file://{PLATEAU_HOME / 'files'}")
S3_PUBLIC_URL = os.environ.get("S3_PUBLIC_URL", "")  # where browsers reach it; empty: files go through us
if STORAGE_URL.startswith("s3://"):
    _default_storage: dict[str, Any] = {
        "BACKEND": "plateau.storage.guarded_bucket.GuardedBucket",
        "OPTIONS": {
            "bucket_name": STORAGE_URL.removeprefix("s3://").split("/", 1)[0],
            "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
            "querystring_expire": 300,
            "file_overwrite": True,
        },
    }
else:
    _default_storage = {
        "BACKEND": "plateau.storage.guarded.GuardedFolder",
        "OPTIONS": {"location": STORAGE_URL.removeprefix("file://"), "base_url": None},
    }
STORAGES = {
    "default": _default_storage,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Public keys of age that backups, base backups and archived WAL are encrypted to; none: they are not.
BACKUP_RECIPIENTS = _list("BACKUP_RECIPIENTS", "")
# Folder of base backups and archived WAL, for point-in-time recovery; nothing: it is off.
WAL_ARCHIVE = os.environ.get("WAL_ARCHIVE", "")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_PERMISSIONS = 0o600

# Celery writes a Unix socket, and the number of a database on it, in its own way.
CELERY_BROKER_URL = REDIS_URL
if REDIS_URL.startswith("unix://"):
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False  # a job's own lease in PostgreSQL brings lost work back; see docs/decisions
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 5, "max_retries": 3}
CELERY_BEAT_SCHEDULE = {
    "requeue-lost-jobs": {"task": "plateau.jobs.tasks.requeue_lost", "schedule": 3.0},
    "send-emails": {"task": "plateau.notifications.tasks.send_emails", "schedule": 5.0},
    "delete-old-notifications": {
        "task": "plateau.notifications.tasks.delete_old",
        "schedule": 24 * 3600.0,
    },
    "delete-expired-sessions": {"task": "plateau.identity.tasks.delete_expired_sessions", "schedule": 3600.0},
    "delete-old-deliveries": {"task": "registry.webhooks.tasks.delete_old_deliveries", "schedule": 24 * 3600.0},
    "seal-audit": {"task": "plateau.audit.tasks.seal", "schedule": 5.0},
    "erase-expired": {"task": "plateau.datalake.tasks.erase_expired", "schedule": 3600.0},
    "tidy-parts": {"task": "plateau.datalake.tasks.tidy_parts", "schedule": 3600.0},
    "sync-mlflow-registry": {"task": "registry.model_versions.tasks.sync_mlflow_registry", "schedule": 60.0},
    "record-file-hashes": {"task": "registry.model_versions.tasks.record_file_hashes", "schedule": 60.0},
    "delete-unused-artifacts": {
        "task": "registry.model_versions.tasks.delete_unused_artifacts",
        "schedule": 24 * 3600.0,
    },
    "wake-webhook-dispatcher": {"task": "registry.webhooks.tasks.wake_dispatcher", "schedule": 5.0},
    "purge-deleted-webhooks": {"task": "registry.webhooks.tasks.purge_deleted", "schedule": 3600.0},
    "purge-deleted-deployments": {"task": "registry.deployments.tasks.purge_deleted", "schedule": 3600.0},
    "import-feedback": {"task": "workers.batch_inference.tasks.import_feedback", "schedule": 5.0},
    "tidy-work": {"task": "workers.training.tasks.tidy_work", "schedule": 3600.0},
    "run-learning-curve-schedules": {"task": "workers.learning_curves.tasks.run_due_schedules", "schedule": 30.0},
    "release-expired-leases": {"task": "annotation.labeling.tasks.release_expired_leases", "schedule": 30.0},
    "forget-expired-leases": {"task": "annotation.labeling.tasks.forget_expired_leases", "schedule": 86_400.0},
}
for _name in APPLICATIONS:
    if find_spec(f"workers.applications.{_name}.schedule"):
        CELERY_BEAT_SCHEDULE |= import_module(f"workers.applications.{_name}.schedule").BEAT_SCHEDULE

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "plateau.identity.authentication.TokenAuthentication",
        "plateau.identity.authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["plateau.access.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["plateau.http.rendering.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["plateau.http.rendering.OrjsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "plateau.http.rendering.JsonAlways",
    "EXCEPTION_HANDLER": "plateau.http.problems.to_response",
    "DEFAULT_SCHEMA_CLASS": "plateau.http.openapi.EndpointSchema",
    "DEFAULT_THROTTLE_RATES": {
        "sign-in-address": "20/min",
        "sign-in-account": "5/min",
        "sign-in-unknown-devices": "30/min",
    },
    "URL_FORMAT_OVERRIDE": None,  # `?format=` belongs to exports
    "NUM_PROXIES": NUM_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Plateau",
    "VERSION": product_version(),
    "DESCRIPTION": "Annotation, label budget and model registry.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATIONS": True,
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "plateau.telemetry.logs.TextFormatter"},
        "json": {"()": "plateau.telemetry.logs.JsonLogFormatter"},
    },
    "filters": {"context": {"()": "plateau.telemetry.logs.LogContextFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": os.environ.get("LOG_FORMAT", "line"),
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},  # each request has a line of its own
}

# Models of others: `require` refuses to run them where the kernel cannot confine them (docs/security/sandbox.md).
SANDBOX = os.environ.get("SANDBOX", "warn")

# How often a training's checkpoint is copied to the storage, where another host finds it.
CHECKPOINT_SECONDS = float(os.environ.get("CHECKPOINT_SECONDS", "30"))
# How often a training's figures of processor, memory and GPU are logged.
SYSTEM_FIGURES_SECONDS = float(os.environ.get("SYSTEM_FIGURES_SECONDS", "10"))

# Serving: one process group opens models for live traffic; the web hands pictures over.
SERVING_URL = os.environ.get("SERVING_URL", "http://127.0.0.1:8001")
SERVING_THREADS = int(os.environ.get("SERVING_THREADS", "1"))  # of one model
SERVING_BATCH = int(os.environ.get("SERVING_BATCH", "16"))
SERVING_QUEUE = int(os.environ.get("SERVING_QUEUE", "64"))
# Webhooks lead to public addresses alone, and to networks that are named here (CIDR).
OUTBOUND_NETWORKS = _list("OUTBOUND_NETWORKS", "")
# Of each web process: requests that run at a time, and that may wait for it (plateau/http/load_shedding.py).
WEB_THREADS = int(os.environ.get("WEB_THREADS", "4"))
WEB_QUEUE_CAPACITY = int(os.environ.get("WEB_QUEUE_CAPACITY", "128"))
# Whether a web process loads MLflow before it takes requests, or at the first call of the MLflow proxy.
MLFLOW_AT_START = os.environ.get("MLFLOW_AT_START", "1") == "1"
MAX_ARTIFACT_BYTES = 4 * 1024**3

LEASE_SECONDS = 15 * 60
TEST_FRACTION = 0.2
MAX_IMAGE_PIXELS = 100_000_000
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_ZIP_ENTRIES = 200_000
MAX_ZIP_BYTES = 20 * 1024**3
# Limits of each organization, by `plateau.quotas.models.QuotaKind`; `manage.py set_limit` sets one organization's own.
QUOTAS = {
    name: int(value)
    for name, variable in (
        ("storage_bytes", "QUOTA_STORAGE_BYTES"),
        ("items", "QUOTA_ITEMS"),
        ("requests_per_minute", "QUOTA_REQUESTS_PER_MINUTE"),
        ("requests_per_day", "QUOTA_REQUESTS_PER_DAY"),
    )
    if (value := os.environ.get(variable, ""))
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"]  # TLS ends at the proxy in front
# Linted for locks from the first release on; these made tables that nobody had yet.
_BEFORE_THE_FIRST_RELEASE = [
    "0001_initial",
    "0002_initial",
    "0003_several_answers",
    "0004_leaner_indexes",
    "0005_leases_stand_alone",
    "0002_any_model",
]
# A wider varchar, or text instead: no rewrite, no long lock, and older code fits into it; a unique constraint that
# holds for fewer rows than before, or on a column that is new and empty.
_LOOKED_AT = [
    "0011_number_again",
    "0016_several_organizations",
    "0002_sealed_secrets",
    "0004_translated_texts",
    "0007_translated_texts",
    "0009_translated_texts",
    "0013_translated_findings",
]
# Renamed or taken away, which breaks older code that runs: 0.2.0 is stopped before an upgrade.
_OLDER_CODE_IS_STOPPED = [
    "0009_roles",
    "0011_members_have_roles",
    "0009_media_types",
    "0004_rename_queue_rules",
    "0007_rename_queue_columns",
    "0003_rename_gold_and_reviews",
    "0004_label_issues",
    "0004_rename_splits",
    "0005_import_jobs",
    "0010_retention_and_multipart",
    "0003_name_service_areas",
    "0002_name_meshes",
    "0005_name_learning_curves",
    "0012_sign_in_rules",
    "0009_data_access",
    "0002_sweeps",
    "0002_evaluations",
    "0003_names_of_the_field",
    "0003_webhook_names",
    "0008_field_names",
    "0002_segmentation_model",
]
# Models are looked up by either of two names, which the linter cannot follow.
_NOT_UNDERSTOOD = ["0004_curve_parameter_names"]
MIGRATION_LINTER_OPTIONS = {
    "ignore_name": _BEFORE_THE_FIRST_RELEASE + _LOOKED_AT + _OLDER_CODE_IS_STOPPED + _NOT_UNDERSTOOD,
    "exclude_apps": ["account", "mfa", "socialaccount"],  # not ours to change
    "no_cache": True,
}
