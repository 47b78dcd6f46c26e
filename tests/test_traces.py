"""One trace from the browser's request over the worker to the trainer, read from what a collector is sent."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from annotation.snapshots.models import Snapshot
from plateau.jobs.models import Job

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def collector():
    """Takes OTLP over HTTP; `spans` grows."""
    spans: list[dict] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in sent.resource_spans:
                service = next(
                    attribute.value.string_value
                    for attribute in resource.resource.attributes
                    if attribute.key == "service.name"
                )
                for scope in resource.scope_spans:
                    spans.extend(
                        {"service": service, "name": attribute.name, "trace": attribute.trace_id.hex()}
                        for attribute in scope.spans
                    )
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()


@pytest.mark.slow
def test_a_request_its_job_and_its_trainer_are_one_trace(stack, people, make_project, answer_all, collector):
    address, spans = collector
    stack.env |= {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "200", "LOG_FORMAT": "json"}
    project = make_project(items=80)  # enough that some are surely held out
    answer_all(people.actor(), project)
    stack.web()
    stack.worker()
    head = {"Authorization": f"Bearer {people.token('scientist')}", "X-Request-ID": "trace-test-1"}
    api = f"{stack.url}/api/v1/projects/{project.pk}"
    snapshot = requests.post(f"{api}/snapshots/", json={}, headers=head, timeout=10).json()
    stack.wait(lambda: Snapshot.objects.get(pk=snapshot["id"]).content_hash != "", 60, "snapshot")
    order = {"snapshot_id": snapshot["id"], "recipe": "majority"}
    response = requests.post(f"{api}/runs/", json=order, headers=head, timeout=10)
    assert response.status_code == 201, response.text

    def services() -> set[str]:
        traces = {span["trace"] for span in spans if span["name"] == "work train"}
        return {span["service"] for span in spans if span["trace"] in traces}

    stack.wait(lambda: services() == {"plateau-web", "plateau-worker", "plateau-trainer"}, 60, "the whole trace")
    lines = [json.loads(line) for line in (stack.home / "worker.log").read_text().splitlines() if line[:1] == "{"]
    assert lines
    job = Job.objects.get(kind="train")
    assert (job.request_id, job.trace[:3]) == ("trace-test-1", "00-")
