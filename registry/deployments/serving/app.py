"""WSGI of the serving process: `granian --interface wsgi --workers 1 … registry.deployments.serving.app:application`.

It speaks to the web processes alone, which have checked who asks; a shared key says so.
"""

import hmac
import logging
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import orjson  # noqa: E402
from django.db import close_old_connections  # noqa: E402

from registry.deployments.client import KEY_HEADER, MAX_BYTES, serving_key  # noqa: E402
from registry.deployments.serving.batcher import Busy  # noqa: E402
from registry.deployments.serving.hub import Hub, NotServed  # noqa: E402
from registry.deployments.serving.loaded import BadPicture  # noqa: E402

logger = logging.getLogger(__name__)
hub = Hub(f"{socket.gethostname()}:{os.getpid()}")
hub.start()
Answer = tuple[str, dict[str, Any], list[tuple[str, str]]]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`POST /predict/<deployment>` with a picture as body; `GET /healthz`."""
    status, body, headers = _answer(environ)
    data = orjson.dumps(body)
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers])
    return [data]


def _answer(environ: dict[str, Any]) -> Answer:
    path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
    if path == "/healthz" and method == "GET":
        well = hub.ready.is_set()
        return ("200 OK" if well else "503 Service Unavailable"), {"ready": well, "deployments": len(hub.slots)}, []
    key = environ.get("HTTP_" + KEY_HEADER.upper().replace("-", "_"), "")
    if not hmac.compare_digest(key.encode(), serving_key().encode()):
        return "403 Forbidden", {"code": "forbidden", "detail": "Ask the web process."}, []
    number = path.removeprefix("/predict/")
    if method != "POST" or not number.isdigit():
        return "404 Not Found", {"code": "not_found", "detail": "No such address."}, []
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= MAX_BYTES:
        return "413 Content Too Large", {"code": "invalid", "detail": "Send one picture of at most 20 MiB."}, []
    try:
        return "200 OK", hub.predict(int(number), environ["wsgi.input"].read(length)), []
    except BadPicture as error:
        return "400 Bad Request", {"code": "invalid", "detail": str(error)}, []
    except Busy as busy:
        wait = [("Retry-After", str(max(1, round(busy.seconds))))]
        return "429 Too Many Requests", {"code": "too_many", "detail": "Too many pictures wait; come back soon."}, wait
    except NotServed as error:
        return "503 Service Unavailable", {"code": "not_served", "detail": str(error)}, [("Retry-After", "2")]
    except TimeoutError:
        return "504 Gateway Timeout", {"code": "timeout", "detail": "The model took too long."}, [("Retry-After", "5")]
    except Exception:
        logger.exception("a prediction failed")
        return "500 Internal Server Error", {"code": "failed", "detail": "The model failed on this picture."}, []
    finally:
        close_old_connections()
