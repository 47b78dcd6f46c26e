"""Who is let in, in which order, and who is turned away."""

import io
import threading
import time
from typing import Any

import orjson
import pytest

from plateau.http.load_shedding import OUTWARD_SLOTS, SMALL_ANSWER, Admission, _Waiting

WAIT = 10


class Server:
    """An application whose answers wait until they are let go, and the threads that ask it."""

    def __init__(self, slots: int = 1, room: int = 4) -> None:
        self.seen: list[str] = []
        self.closed: list[str] = []
        self.go = threading.Semaphore(0)
        self.turned_away = 0
        self.answers: dict[str, tuple[str, bytes, dict[str, str]]] = {}
        self.threads: list[threading.Thread] = []
        self.admission = Admission(
            self.application, slots=slots, room=room, refused=self._count, outward=lambda path: path == "/outward"
        )

    def _count(self) -> None:
        self.turned_away += 1

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        name = environ["NAME"]
        self.seen.append(name)
        if name == "breaks":
            raise ValueError("of ours")
        assert environ["PATH_INFO"] == "/healthz" or self.go.acquire(timeout=WAIT)
        body = environ["wsgi.input"].read()
        size = SMALL_ANSWER + 1 if name == "long" else len(body)
        start_response("200 OK", [("Content-Length", str(size))])
        return _Body(self, name, body if name != "long" else b"x" * size)

    def ask(self, name: str, caller: str, body: bytes = b"", path: str = "/x", **more: Any) -> None:
        environ = {
            "NAME": name, "PATH_INFO": path, "HTTP_AUTHORIZATION": caller, "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), **more,
        }  # fmt: skip

        def run() -> None:
            started: list[Any] = []
            answer = self.admission(environ, lambda *words: started.append(words))
            read = b"".join(answer)
            if hasattr(answer, "close"):
                answer.close()
            self.answers[name] = (started[0][0], read, dict(started[0][1]))

        thread = threading.Thread(target=run, daemon=True)
        self.threads.append(thread)
        thread.start()

    def waits(self, number: int) -> None:
        """Until so many stand in line."""
        end = time.monotonic() + WAIT
        while self.admission.quick.number != number:
            assert time.monotonic() < end, self.admission.quick.number
            time.sleep(0.005)

    def finish(self) -> None:
        for _ in self.threads:
            self.go.release()
        for one in self.threads:
            one.join(timeout=WAIT)


class _Body:
    def __init__(self, server: Server, name: str, data: bytes) -> None:
        self.server, self.name, self.data = server, name, data

    def __iter__(self) -> Any:
        return iter([self.data])

    def close(self) -> None:
        self.server.closed.append(f"{self.name} {threading.current_thread().name.split('-')[0]}")


def in_line(server: Server, *names: tuple[str, str]) -> None:
    """One runs, the others stand in line in this order."""
    for index, (name, caller) in enumerate(names):
        server.ask(name, caller)
        if index == 0:
            while not server.seen:
                time.sleep(0.005)
        else:
            server.waits(index)


def test_callers_take_turns_however_much_one_of_them_asks():
    server = Server(room=8)
    in_line(server, ("now", "x"), ("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"))
    server.finish()
    assert server.seen == ["now", "a1", "b1", "c1", "a2", "a3"]


def test_a_full_room_turns_the_greediest_caller_away_with_429():
    server = Server(room=3)
    in_line(server, ("now", "x"), ("a1", "a"), ("a2", "a"), ("a3", "a"))
    server.ask("b1", "b")
    while "a3" not in server.answers:
        time.sleep(0.005)
    status, body, headers = server.answers["a3"]
    assert status == "429 Too Many Requests"
    assert headers["Retry-After"] == "1"
    assert orjson.loads(body)["code"] == "too_many_requests"
    server.ask("a4", "a")  # has the most itself: it is the one to go
    while "a4" not in server.answers:
        time.sleep(0.005)
    assert server.answers["a4"][0].startswith("429")
    server.finish()
    assert server.seen == ["now", "a1", "b1", "a2"]
    assert server.turned_away == 2


def test_where_everybody_asks_once_too_many_the_newest_gets_503():
    server = Server(room=2)
    in_line(server, ("now", "x"), ("a1", "a"), ("b1", "b"))
    server.ask("c1", "c")
    while "c1" not in server.answers:
        time.sleep(0.005)
    status, body, headers = server.answers["c1"]
    assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "1")
    assert orjson.loads(body)["code"] == "busy"
    server.ask("alive", "c", path="/healthz")
    server.finish()
    assert server.answers["alive"][0] == "200 OK"
    assert server.answers["b1"][0] == "200 OK"


def test_a_slow_body_holds_no_slot():
    server = Server(room=2)
    sent = threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert sent.wait(WAIT)
            return super().read(size)

    server.ask("slow", "a", body=b"abc", **{"wsgi.input": Slow(b"abc")})
    server.ask("quick", "b")
    server.go.release()
    server.threads[1].join(timeout=WAIT)
    assert server.answers["quick"][0] == "200 OK"
    sent.set()
    server.finish()
    assert server.answers["slow"][1] == b"abc"


def test_uploads_leave_the_slots_of_others_alone():
    server = Server(room=8)
    for index in range(3):
        server.ask(f"upload{index}", "a", body=b"x" * (1024 * 1024 + 1))
    while "upload0" not in server.seen:
        time.sleep(0.005)
    server.ask("quick", "b")
    while "quick" not in server.seen:
        time.sleep(0.005)
    server.finish()
    assert len(server.answers) == 4


def test_short_answers_are_closed_in_the_slot_and_long_ones_outside():
    server = Server(slots=1)
    server.ask("short", "a", body=b"abc")
    server.ask("long", "b")
    server.finish()
    assert sorted(server.closed) == ["long Thread", "short request"]
    assert len(server.answers["long"][1]) == SMALL_ANSWER + 1


def test_a_fault_of_the_application_reaches_the_server_and_frees_the_slot():
    server = Server(slots=1)
    environ = {"NAME": "breaks", "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}
    with pytest.raises(ValueError, match="of ours"):
        server.admission(environ, lambda *_: None)
    server.ask("next", "a")
    server.finish()
    assert server.answers["next"][0] == "200 OK"


def test_whom_a_free_slot_will_take_is_not_turned_away():
    server = Server(slots=3, room=1)
    lane = server.admission.quick
    with lane.changed:  # no slot wakes up before all have come
        for index in range(3):
            lane.enter(f"caller{index}", _Waiting({"NAME": str(index), "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}))
        late = [_Waiting({"NAME": "late", "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}) for _ in range(2)]
        lane.enter("caller4", late[0])
        lane.enter("caller5", late[1])
        assert lane.number == 4
    assert [waiting.refused for waiting in late] == ["", "503"]


def test_requests_that_wait_for_others_addresses_hold_no_slot_of_the_rest():
    server = Server(slots=1)
    for number in range(OUTWARD_SLOTS + 2):
        server.ask(f"out{number}", f"caller{number}", path="/outward")
    end = time.monotonic() + WAIT
    while len(server.seen) < OUTWARD_SLOTS:
        assert time.monotonic() < end
        time.sleep(0.005)
    server.ask("plain", "someone")
    while "plain" not in server.seen:  # the one slot is free for it
        assert time.monotonic() < end
        time.sleep(0.005)
    assert len(server.seen) == OUTWARD_SLOTS + 1
    server.finish()
    assert len(server.answers) == OUTWARD_SLOTS + 3
