"""Which requests run, in which order, and which are rejected."""

import io
import threading
import time
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plateau.http import load_shedding
from plateau.http.callers import ANONYMOUS, caller_of, name_caller, remember_caller
from plateau.http.connections import ConnectionState
from plateau.http.load_shedding import (
    MAX_BUFFERED_RESPONSE_BYTES,
    MAX_READING_OF_ADDRESS,
    MAX_SPOOLED,
    OUTBOUND_THREADS,
    FairQueue,
    LoadShedder,
    QueuedRequest,
)
from plateau.http.slow_bodies import SlowBodies, WatchedBody

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
    while not server.started:  # whichever was read first
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


@pytest.mark.django_db  # the organization's quotas are looked up
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


def wait_until(true: Any) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


class Stuck(io.BytesIO):
    """A body of which a half came."""

    def __init__(self, until: threading.Event) -> None:
        super().__init__()
        self.until = until

    def read(self, size: int | None = -1) -> bytes:
        assert self.until.wait(WAIT)
        return b""


@pytest.mark.parametrize(("length", "most"), [(100, MAX_READING_OF_ADDRESS), (2 * 1024 * 1024, MAX_SPOOLED)])
def test_bodies_that_do_not_come_hold_no_thread_and_few_of_the_servers(length, most):
    server, until = Server(), threading.Event()
    for number in range(most):
        body = {"CONTENT_LENGTH": str(length), "wsgi.input": Stuck(until)}
        server.ask(f"half{number}", "a", **body)
    wait_until(lambda: server.shedder.reading._total == most)
    server.ask("one more", "a", **{"CONTENT_LENGTH": str(length), "wsgi.input": Stuck(until)})
    wait_until(lambda: "one more" in server.answers)
    assert server.answers["one more"][0].startswith("429")
    server.ask("alive", "a", path="/healthz")
    server.ask("other", "b", body=b"abc")
    server.ask("reads", "a")
    for _ in range(2):
        server.go.release()
    wait_until(lambda: {"alive", "other", "reads"} <= server.answers.keys())
    assert {server.answers[name][0] for name in ("alive", "other", "reads")} == {"200 OK"}
    until.set()
    server.finish()
    assert server.shedder.reading._total == server.shedder.in_flight._total == 0


def test_a_process_takes_no_more_than_its_server_has_threads_for(monkeypatch):
    monkeypatch.setattr(load_shedding, "MAX_IN_FLIGHT", 3)
    server = Server(queue_capacity=50)
    for number in range(3):
        server.ask(f"{number}", f"caller {number}")
    wait_until(lambda: server.shedder.in_flight._total == 3)
    server.ask("late", "someone")
    wait_until(lambda: "late" in server.answers)
    assert server.answers["late"][0].startswith("503")
    server.ask("alive", "someone", path="/healthz")
    wait_until(lambda: "alive" in server.answers)
    server.finish()
    assert server.shedder.in_flight._total == 0


def test_one_caller_receives_few_long_responses_at_a_time(monkeypatch):
    monkeypatch.setattr(load_shedding, "MAX_STREAMS_OF_CALLER", 2)
    server = Server()
    for _ in range(9):
        server.go.release()

    def ask(caller: str) -> tuple[Any, str]:
        environ = {"NAME": "long", "PATH_INFO": "/x", "REMOTE_ADDR": caller, "wsgi.input": io.BytesIO()}
        started: list[Any] = []
        return server.shedder(environ, lambda *words: started.append(words)), started[-1][0] if started else ""

    responses = [ask("a"), ask("a")]
    statuses = []
    for caller in ("a", "b"):
        environ = {"NAME": "long", "PATH_INFO": "/x", "REMOTE_ADDR": caller, "wsgi.input": io.BytesIO()}
        started: list[Any] = []
        responses.append((server.shedder(environ, lambda *words, to=started: to.append(words)), ""))
        statuses.append(started[-1][0][:3])
    assert statuses == ["429", "200"]
    for response, _ in responses:
        if hasattr(response, "close"):
            response.close()
            response.close()
    assert server.shedder.in_flight._total == server.shedder.streams._total == 0


def test_a_large_body_is_read_before_its_request_is_queued():
    server = Server()
    body = bytes(range(256)) * 8192
    server.ask("large", "a", body=body)
    server.finish()
    assert server.answers["large"][1] == body


class Kernel:
    """Connections as a kernel would tell of them; and the clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.states: dict[int, ConnectionState] = {}
        self.resets: list[int] = []
        self.slow_bodies = SlowBodies(
            seconds_for_piece=10,
            states=lambda port: [replace(state) for state in self.states.values()],
            reset_connection=lambda state: self.resets.append(state.inode),
            clock=lambda: self.now,
        )

    def connect(self, inode: int, peer: str, received: int = 500, sent: int = 0, is_unanswered: bool = True) -> None:
        self.states[inode] = ConnectionState(inode, peer, sent, received, is_unanswered)

    def run(self, seconds: int, drip: dict[int, int] | None = None) -> None:
        for _ in range(seconds):
            self.now += 1
            for inode, number in (drip or {}).items():
                if inode not in self.states:
                    continue
                self.states[inode].received += number
                self.states[inode].is_unanswered = True
            self.slow_bodies.sample()
            for inode in self.resets:
                self.states.pop(inode, None)


@pytest.fixture
def kernel(monkeypatch):
    monkeypatch.setattr("plateau.http.slow_bodies.threading.Thread", lambda **_: SimpleNamespace(start=lambda: None))
    return Kernel()


def test_only_connections_whose_body_does_not_come_are_reset(kernel):
    kernel.connect(1, "a")  # half a body
    kernel.connect(2, "a", sent=900, is_unanswered=False)  # idle between requests
    kernel.connect(3, "b")  # of somebody else, whose request takes long
    kernel.connect(4, "a", received=500)  # a body that comes, if slowly
    with kernel.slow_bodies.waiting("a", 80):
        kernel.run(9, {4: 5000})
        assert kernel.resets == []
        kernel.run(5, {4: 5000})
    assert kernel.resets == [1]


def test_while_a_whole_request_of_the_address_is_worked_on_only_what_drips_is_reset(kernel):
    kernel.connect(1, "a")  # which of both is the whole request, nobody can tell
    kernel.connect(2, "a")
    kernel.connect(3, "a")
    with kernel.slow_bodies.waiting("a", 80):
        with kernel.slow_bodies.working("a"):
            kernel.run(30, {3: 10})
            assert kernel.resets == [3]
        kernel.states[1].sent, kernel.states[1].is_unanswered = 100, False  # it was answered
        kernel.run(2)
    assert kernel.resets == [3, 2]


def test_nothing_is_reset_while_bodies_come(kernel):
    kernel.connect(1, "a")
    kernel.run(60)
    for _ in range(60):
        with kernel.slow_bodies.waiting("a", 80):
            kernel.run(1, {1: 20_000})
    assert kernel.resets == []


def test_pieces_of_a_body_are_put_together():
    data = bytes(range(256)) * 400
    for read in (
        lambda body: body.read(),
        lambda body: b"".join(iter(lambda: body.read(30_000), b"")),
        b"".join,
        lambda body: b"".join(body.readlines()),
        lambda body: body.readline() + body.read(10**9),
    ):
        assert read(WatchedBody(io.BytesIO(data), SlowBodies(), "a", 80)) == data
