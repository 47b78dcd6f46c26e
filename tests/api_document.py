"""The API's document as the repository has it."""

import json
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
OPENAPI: dict[str, Any] = json.loads(DOCUMENT.read_text())


def query_parameters(path: str) -> set[str]:
    """Names of what a GET takes behind `?`; `path` is relative to `/api/v1/`."""
    parameters = OPENAPI["paths"][f"/api/v1/{path}"].get("get", {}).get("parameters", [])
    return {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
