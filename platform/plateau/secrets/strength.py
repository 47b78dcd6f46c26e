"""Start-up refuses secrets that can be guessed. No Django."""

from collections.abc import Mapping
from urllib.parse import urlsplit

EXAMPLES = (
    "changeme",
    "change-me",
    "secret",
    "password",
    "minioadmin",
    "postgres",
    "plateau",
    "django-insecure",
    "admin",
)
MIN_LENGTH = 32
MIN_SERVICE_LENGTH = 16


def _weakness(value: str, min_length: int) -> str:
    if len(value) < min_length:
        return f"it has {len(value)} characters, at least {min_length} are needed"
    if len(set(value)) < 10:
        return "it repeats a few characters"
    if value.lower().strip("0123456789-_!. ") in EXAMPLES or "changeme" in value.lower() or "insecure" in value.lower():
        return "it is an example"
    return ""


def _is_on_this_machine(hostname: str | None) -> bool:
    return not hostname or "/" in hostname or hostname.startswith("%2")


def find_open_broker(url: str) -> str:
    """What is wrong with a `REDIS_URL` that leads to another machine without a password; empty where nothing is."""
    parts = urlsplit(url)
    if parts.password or _is_on_this_machine(parts.hostname):
        return ""
    return "REDIS_URL: there is no password in it"


def weaknesses(environ: Mapping[str, str]) -> list[str]:
    """What is wrong with the secrets in the environment, in words that name each variable and never its value."""
    problems = []
    for name in ("SECRET_KEY", *(["METRICS_TOKEN"] if environ.get("METRICS_TOKEN") else [])):
        if problem := _weakness(environ.get(name, ""), MIN_LENGTH):
            problems.append(f"{name}: {problem}")
    for name in ("DATABASE_URL", "REDIS_URL"):
        parts = urlsplit(environ.get(name, ""))
        if parts.password and (problem := _weakness(parts.password, MIN_SERVICE_LENGTH)):
            problems.append(f"the password in {name}: {problem}")
        elif name == "DATABASE_URL" and not parts.password and not _is_on_this_machine(parts.hostname):
            problems.append("DATABASE_URL: there is no password in it")
    storage = environ.get("AWS_SECRET_ACCESS_KEY", "") if environ.get("STORAGE_URL", "").startswith("s3://") else ""
    if storage and (problem := _weakness(storage, MIN_SERVICE_LENGTH)):
        problems.append(f"AWS_SECRET_ACCESS_KEY: {problem}")
    return problems
