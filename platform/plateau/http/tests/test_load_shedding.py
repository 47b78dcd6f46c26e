"""Which requests run, in which order, and which are rejected."""

import io
import threading
import time
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateau.http.callers import ANONYMOUS, caller_of, name_caller, remember_caller
from plateau.http.load_shedding import (
    MAX_BUFFERED_RESPONSE_BYTES,
    OUTBOUND_THREADS,
    FairQueue,
    LoadShedder,
    QueuedRequest,
)

WAIT = 10


class Server:
    """An application whose answers wait until they are let go, and the threads that ask it."""

    def __init__(self, threads: int = 1, queue_capacity: int = 4) -> None:
        self.started: list[str] = []
        self.closed: list[str] = []
        self.go = threading.Semaphore(0)
        self.rejected_count = 0
        self.answers: dict[str, tuple[str, bytes, dict[str, str]]] = {}
        self.threads: list[threading.Thread] = []
        self.shedder = LoadShedder(
            self.application,
            threads=threads,
            queue_capacity=queue_capacity,
            on_rejected=self._count,
            is_outbound=lambda path: path == "/outbound",
        )

    def _count(self) -> None:
        self.rejected_count += 1

    def application(self, environ: dict[str, Any], start_response: Any) -> Any:
        name = environ["NAME"]
        self.started.append(name)
        if name == "breaks":
            raise ValueError("of ours")
        assert environ["PATH_INFO"] == "/healthz" or self.go.acquire(timeout=WAIT)
        body = environ["wsgi.input"].read()
        size = MAX_BUFFERED_RESPONSE_BYTES + 1 if name == "long" else len(body)
        start_response("200 OK", [("Content-Length", str(size))])
        return _Body(self, name, body if name != "long" else b"x" * size)

    def ask(self, name: str, caller: str, body: bytes = b"", path: str = "/x", **more: Any) -> None:
        environ = {
            "NAME": name, "PATH_INFO": path, "REMOTE_ADDR": caller, "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body), **more,
        }  # fmt: skip

        def run() -> None:
            started: list[Any] = []
            answer = self.shedder(environ, lambda *words: started.append(words))
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
        while self.shedder.quick.queued_count != number:
            assert time.monotonic() < end, self.shedder.quick.queued_count
            time.sleep(0.005)

    def finish(self) -> None:
        for _ in self.threads:
            self.go.release()
        for thread in self.threads:
            thread.join(timeout=WAIT)


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
            while not server.started:
                time.sleep(0.005)
        else:
            server.waits(index)


def test_callers_take_turns_however_much_one_of_them_asks():
    server = Server(queue_capacity=8)
    in_line(server, ("now", "x"), ("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"))
    server.finish()
    assert server.started == ["now", "a1", "b1", "c1", "a2", "a3"]


def test_a_full_queue_rejects_the_heaviest_caller_with_429():
    server = Server(queue_capacity=3)
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
    assert server.started == ["now", "a1", "b1", "a2"]
    assert server.rejected_count == 2


def test_where_everybody_asks_once_too_many_the_newest_gets_503():
    server = Server(queue_capacity=2)
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


def test_a_slow_body_holds_no_thread():
    server = Server(queue_capacity=2)
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


def test_uploads_leave_the_threads_of_others_alone():
    server = Server(queue_capacity=8)
    for index in range(3):
        server.ask(f"upload{index}", "a", body=b"x" * (1024 * 1024 + 1))
    while "upload0" not in server.started:
        time.sleep(0.005)
    server.ask("quick", "b")
    while "quick" not in server.started:
        time.sleep(0.005)
    server.finish()
    assert len(server.answers) == 4


def test_short_answers_are_closed_in_the_slot_and_long_ones_outside():
    server = Server(threads=1)
    server.ask("short", "a", body=b"abc")
    server.ask("long", "b")
    server.finish()
    assert sorted(server.closed) == ["long Thread", "short request"]
    assert len(server.answers["long"][1]) == MAX_BUFFERED_RESPONSE_BYTES + 1


def test_a_fault_of_the_application_reaches_the_server_and_frees_the_thread():
    server = Server(threads=1)
    environ = {"NAME": "breaks", "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}
    with pytest.raises(ValueError, match="of ours"):
        server.shedder(environ, lambda *_: None)
    server.ask("next", "a")
    server.finish()
    assert server.answers["next"][0] == "200 OK"


def test_a_request_that_an_idle_thread_will_take_is_not_rejected():
    server = Server(threads=3, queue_capacity=1)
    pool = server.shedder.quick
    with pool.changed:  # no thread wakes up before all have come
        for index in range(3):
            pool.submit(
                (ANONYMOUS, f"caller{index}"),
                QueuedRequest({"NAME": str(index), "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}),
            )
        late = [QueuedRequest({"NAME": "late", "PATH_INFO": "/x", "wsgi.input": io.BytesIO()}) for _ in range(2)]
        pool.submit((ANONYMOUS, "caller4"), late[0])
        pool.submit((ANONYMOUS, "caller5"), late[1])
        assert pool.queued_count == 4
    assert [waiting.rejection_status for waiting in late] == ["", "503"]


def test_requests_that_wait_for_others_addresses_hold_no_slot_of_the_rest():
    server = Server(threads=1)
    for number in range(OUTBOUND_THREADS + 2):
        server.ask(f"out{number}", f"caller{number}", path="/outbound")
    end = time.monotonic() + WAIT
    while len(server.started) < OUTBOUND_THREADS:
        assert time.monotonic() < end
        time.sleep(0.005)
    server.ask("plain", "someone")
    while "plain" not in server.started:  # the one slot is free for it
        assert time.monotonic() < end
        time.sleep(0.005)
    assert len(server.started) == OUTBOUND_THREADS + 1
    server.finish()
    assert len(server.answers) == OUTBOUND_THREADS + 3


def test_made_up_credentials_are_no_callers_of_their_own(settings):
    """A caller counts for the address until somebody accepted the credentials, and then for the person."""
    settings.NUM_PROXIES = 1
    stranger = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9"}
    made_up = [stranger | {"HTTP_AUTHORIZATION": f"Bearer {number}"} for number in range(3)]
    made_up += [stranger | {"HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={number}"} for number in range(3)]
    assert {caller_of(environ) for environ in made_up} == {(ANONYMOUS, "203.0.113.9")}
    name_caller(made_up[0], organization_id=5, user_id=7)
    remember_caller(made_up[0])
    elsewhere = {"REMOTE_ADDR": "198.51.100.1", "HTTP_AUTHORIZATION": "Bearer 0"}
    assert caller_of(elsewhere) == ("organization 5", "user 7")
    assert caller_of(made_up[1]) == (ANONYMOUS, "203.0.113.9")
    remember_caller(made_up[1])  # nobody accepted it
    assert caller_of(made_up[1]) == (ANONYMOUS, "203.0.113.9")


def test_one_subscriber_of_ipv6_is_one_caller(settings):
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "::ffff:192.0.2.7", "192.0.2.7")
    callers = [caller_of({"REMOTE_ADDR": address})[1] for address in addresses]
    assert callers[0] == callers[1] != callers[2]
    assert callers[3] == callers[4] == "192.0.2.7"


def popped(queue: FairQueue) -> list[str]:
    return [queue.pop().environ["NAME"] for _ in range(queue.size)]


def test_organizations_take_turns_and_within_them_people():
    queue = FairQueue()
    waiting = ["a x 1", "a x 2", "a y 1", "a z 1", "b x 1", "c x 1", "c x 2"]
    for name in waiting:
        group, member, _ = name.split()
        queue.push((group, member), QueuedRequest({"NAME": name}))
    assert popped(queue) == ["a x 1", "b x 1", "c x 1", "a y 1", "c x 2", "a z 1", "a x 2"]
    assert queue.size == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), max_size=60))
def test_a_queue_that_evicts_keeps_its_counts_and_takes_from_the_heaviest(callers):
    queue: FairQueue = FairQueue()
    waiting: list[tuple[str, str]] = []
    for caller in callers:
        if queue.size >= 6:
            evicted = queue.evict_for(caller)
            if evicted is None:
                continue
            gone = evicted.environ["CALLER"]
            sizes = Counter(group for group, _ in waiting)
            own = sizes[caller[0]]
            assert sizes[gone[0]] > own + 1 or (gone[0] == caller[0] and gone != caller)
            waiting.remove(gone)
        queue.push(caller, QueuedRequest({"NAME": "", "CALLER": caller}))
        waiting.append(caller)
        assert queue.size == len(waiting) <= 6
    assert sorted(queue.pop().environ["CALLER"] for _ in range(queue.size)) == sorted(waiting)
