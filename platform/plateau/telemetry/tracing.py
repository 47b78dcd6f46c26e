"""Traces by OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector; elsewhere nothing is loaded.

A job carries the trace of the request that ordered it in its row, as it carries everything else: a worker that takes it
hours later, after another one died, still belongs to that trace.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from wsgiref.types import WSGIApplication

ENABLED = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))


def set_up(service: str) -> None:
    """Once a process: where spans go, and which libraries make them."""
    if not ENABLED:
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"plateau-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    Psycopg2Instrumentor().instrument(skip_dep_check=True)


def traced_wsgi(application: WSGIApplication) -> WSGIApplication:
    """The application with a span around each request."""
    if not ENABLED:
        return application
    from opentelemetry.instrumentation.wsgi import OpenTelemetryMiddleware

    return cast("WSGIApplication", OpenTelemetryMiddleware(application))


def current() -> str:
    """The trace of what runs now (W3C `traceparent`); empty where there is none."""
    if not ENABLED:
        return ""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def span(name: str, parent: str = "", **attributes: Any) -> Iterator[None]:
    """Something that takes time, below `parent` (a `traceparent`) where one is given."""
    if not ENABLED:
        yield
        return
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    with trace.get_tracer("plateau").start_as_current_span(name, context=context, attributes=attributes):
        yield
