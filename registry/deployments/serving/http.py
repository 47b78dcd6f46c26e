"""HTTP of the serving process, for the web processes alone: they have authorized the caller, a shared key proves it."""

import hmac
import logging
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import orjson
from django.db import close_old_connections

from registry.deployments.client import KEY_HEADER, MAX_IMAGE_BYTES, serving_key
from registry.deployments.serving.batcher import QueueFull
from registry.deployments.serving.images import UnreadableImage
from registry.deployments.serving.manager import ModelManager, ModelNotLoaded

logger = logging.getLogger(__name__)
Reply = tuple[str, dict[str, Any], list[tuple[str, str]]]


class ServingApplication:
    """WSGI: `POST /predict/<deployment>` with an image as body; `GET /models`; `GET /healthz`."""

    def __init__(self, manager: ModelManager) -> None:
        self._manager = manager

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, body, headers = self._reply(environ)
        data = orjson.dumps(body)
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(data))), *headers])
        return [data]

    def _reply(self, environ: WSGIEnvironment) -> Reply:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path == "/healthz" and method == "GET":
            is_ready = self._manager.ready.is_set()
            health: dict[str, Any] = {"ready": is_ready, "deployments": len(self._manager.deployments)}
            return ("200 OK" if is_ready else "503 Service Unavailable"), health, []
        key = environ.get("HTTP_" + KEY_HEADER.upper().replace("-", "_"), "")
        if not hmac.compare_digest(key.encode(), serving_key().encode()):
            return "403 Forbidden", {"code": "forbidden", "detail": "Ask the web process."}, []
        if path == "/models" and method == "GET":
            return "200 OK", {"models": self._manager.list_models()}, []
        deployment_id = path.removeprefix("/predict/")
        if method != "POST" or not deployment_id.isdigit():
            return "404 Not Found", {"code": "not_found", "detail": "No such address."}, []
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not 0 < length <= MAX_IMAGE_BYTES:
            return (
                "413 Content Too Large",
                {"code": "image_too_large", "detail": "Send one image of at most 20 MiB."},
                [],
            )
        try:
            return "200 OK", self._manager.predict(int(deployment_id), environ["wsgi.input"].read(length)), []
        except UnreadableImage as error:
            return "400 Bad Request", {"code": "image_unreadable", "detail": str(error)}, []
        except QueueFull as error:
            retry_after = [("Retry-After", str(max(1, round(error.retry_after))))]
            body = {"code": "queue_full", "detail": "Too many images wait; try again soon."}
            return "429 Too Many Requests", body, retry_after
        except ModelNotLoaded as error:
            return "503 Service Unavailable", {"code": "not_loaded", "detail": str(error)}, [("Retry-After", "2")]
        except TimeoutError:
            return (
                "504 Gateway Timeout",
                {"code": "timeout", "detail": "The model took too long."},
                [("Retry-After", "5")],
            )
        except Exception:
            logger.exception("a prediction failed")
            return "500 Internal Server Error", {"code": "failed", "detail": "The model failed on this image."}, []
        finally:
            close_old_connections()
