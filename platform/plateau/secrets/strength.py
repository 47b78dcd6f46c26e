"""Start-up refuses secrets that can be guessed. No Django."""

from collections.abc import Mapping
from urllib.parse import urlsplit

KNOWN = ("changeme", "change-me", "secret", "password", "minioadmin", "postgres", "plateau", "django-insecure", "admin")
LEAST = 32
LEAST_SERVICE = 16


def _weak(value: str, least: int) -> str:
    if len(value) < least:
        return f"it has {len(value)} characters, at least {least} are needed"
    if len(set(value)) < 10:
        return "it repeats a few characters"
    if value.lower().strip("0123456789-_!. ") in KNOWN or "changeme" in value.lower() or "insecure" in value.lower():
        return "it is an example"
    return ""


def weaknesses(environ: Mapping[str, str]) -> list[str]:
    """What is wrong with the secrets in the environment, in words that name each variable and never its value."""
    found = []
    for name in ("SECRET_KEY", *(["METRICS_TOKEN"] if environ.get("METRICS_TOKEN") else [])):
        if why := _weak(environ.get(name, ""), LEAST):
            found.append(f"{name}: {why}")
    for name in ("DATABASE_URL", "REDIS_URL"):
        parts = urlsplit(environ.get(name, ""))
        local = not parts.hostname or "/" in parts.hostname or parts.hostname.startswith("%2")
        if parts.password and (why := _weak(parts.password, LEAST_SERVICE)):
            found.append(f"the password in {name}: {why}")
        elif name == "DATABASE_URL" and not parts.password and not local:
            found.append("DATABASE_URL: there is no password in it")
    storage = environ.get("AWS_SECRET_ACCESS_KEY", "") if environ.get("STORAGE_URL", "").startswith("s3://") else ""
    if storage and (why := _weak(storage, LEAST_SERVICE)):
        found.append(f"AWS_SECRET_ACCESS_KEY: {why}")
    return found
