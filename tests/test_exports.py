"""Exports through the real server: what fails half way must not look whole to anybody."""

import http.client
import socket
import subprocess

import numpy as np
import pytest
import requests

from annotation.labeling.models import Task
from annotation.labeling.tests.factories import AnnotationFactory

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


# An answer of more than a piece that goes over the line at once, however well it is packed.
LONG = np.random.default_rng(0).bytes(60_000).hex()
TURN = np.sort(np.random.default_rng(0).uniform(0, 2 * np.pi, 20_000))
RING = (16 + 9 * np.stack([np.cos(TURN), np.sin(TURN)], axis=1)).tolist()
BOX = {"id": "a", "label": "pear", "x": 1, "y": 2, "w": 10, "h": 20}


def answer(project, values) -> None:
    """Answers to the tasks of a project in their order, as they are: also such as no service would write."""
    for task, value in zip(Task.objects.filter(project=project).order_by("pk"), values, strict=True):
        annotation = AnnotationFactory(task=task, value=value, source="imported")
        Task.objects.filter(pk=task.pk).update(annotation=annotation, state="done")


@pytest.fixture
def broken(stack, people, make_project):
    """Addresses of exports that fail at their last row, by format; and a token."""
    stack.web()
    paths = {}
    for kind, good, formats in (
        ("classification", {"label": LONG}, ("csv", "cvat")),
        ("boxes", {"regions": [BOX | {"attributes": {"note": LONG}}]}, ("coco", "voc")),
        ("polygons", {"regions": [{"id": "a", "label": "pear", "shape": "polygon", "points": RING}]}, ("yolo",)),
    ):
        project = make_project(items=4, kind=kind, name=kind)
        answer(project, [good] * 3 + [{"regions": 1}])
        paths |= {key: f"/api/v1/projects/{project.pk}/export/?format={key}" for key in formats}
    return paths, people.token("manager")


def received(stack, path: str, token: str, version: str = "1.1") -> tuple[bytes, Exception | None]:
    """Everything that came by a socket, and what it ended with."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=30) as plain:
        words = [f"GET {path} HTTP/{version}", "Host: 127.0.0.1", f"Authorization: Bearer {token}", "Connection: close"]
        plain.sendall("\r\n".join([*words, "", ""]).encode())
        got = b""
        try:
            while part := plain.recv(65536):
                got += part
        except ConnectionResetError as error:
            return got, error
        return got, None


@pytest.mark.parametrize("key", ["csv", "cvat", "coco", "yolo", "voc"])
def test_an_export_that_fails_half_way_is_broken_off_for_every_client(stack, broken, key, tmp_path):
    paths, token = broken
    headers = {"Authorization": f"Bearer {token}"}
    others = [http.client.HTTPConnection("127.0.0.1", stack.port, timeout=30) for _ in range(3)]
    for connection in others:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    for version in ("1.1", "1.0"):
        got, ended = received(stack, paths[key], token, version)
        assert got.split(b"\r\n")[0].endswith(b"200 OK")
        assert isinstance(ended, ConnectionResetError), got[-200:]
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        requests.get(stack.url + paths[key], headers=headers, timeout=30)
    command = ["curl", "-sS", "-o", tmp_path / "out", "-H", f"Authorization: Bearer {token}", stack.url + paths[key]]
    assert subprocess.run(command, check=False).returncode in (18, 56)  # partial file; failure in receiving
    for connection in others:  # nobody else's connection is touched
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()


def test_a_whole_export_ends_in_good_order(stack, people, make_project, answer_all):
    stack.web()
    project = make_project(items=3)
    answer_all(people.actor("annotator"), project)
    path = f"/api/v1/projects/{project.pk}/export/?format=csv"
    got, ended = received(stack, path, people.token("manager"))
    assert ended is None
    assert got.endswith(b"0\r\n\r\n")


def test_an_export_that_fails_before_its_first_byte_answers_with_an_error(stack, people, make_project, answer_all):
    stack.web()
    project = make_project(items=2, kind="boxes")
    answer(project, [{"regions": []}, {"regions": 1}])
    headers = {"Authorization": f"Bearer {people.token('manager')}"}
    path = f"{stack.url}/api/v1/projects/{project.pk}/export/?format=label_studio"
    assert requests.get(path, headers=headers, timeout=30).status_code == 500
