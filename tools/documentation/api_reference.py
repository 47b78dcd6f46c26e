"""Operations of the OpenAPI document as a page of tables, by tag."""

from collections import defaultdict
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def describe_operations(document: dict[str, Any]) -> str:
    """Markdown: a heading for each tag, and a row for each of its operations with its bodies."""
    rows = defaultdict(list)
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                rows[operation.get("tags", ["other"])[0]].append(_row(method, path, operation))
    parts = []
    for tag in sorted(rows):
        title = tag.replace("-", " ").capitalize()
        parts += [f"## {title}\n", "| Operation | Purpose | Body → response |", "|---|---|---|", *rows[tag], ""]
    return "\n".join(parts)


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    query = [
        f"`{parameter['name']}`" for parameter in operation.get("parameters", []) if parameter.get("in") == "query"
    ]
    purpose = operation.get("summary", "") + (f"<br>Query: {', '.join(query)}" if query else "")
    bodies = sorted({_schema_name(*body) for body in operation.get("requestBody", {}).get("content", {}).items()})
    responses = [
        " ".join([status, *sorted({_schema_name(*body) for body in response.get("content", {}).items()})])
        for status, response in operation["responses"].items()
        if status < "400"
    ]
    exchange = " → ".join(part for part in (", ".join(bodies), ", ".join(responses)) if part)
    cells = [f"`{method.upper()} {path.removeprefix('/api/v1')}`", purpose, exchange]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _schema_name(media_type: str, body: dict[str, Any]) -> str:
    """The name of a body's schema, or its media type where the schema has none."""
    schema = body.get("schema", {})
    reference = schema.get("$ref") or schema.get("items", {}).get("$ref", "")
    return f"`{reference.rsplit('/', 1)[-1] or media_type}`"
