from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from labelkit.tests.packages import install_package
from plateau.jobs import services, tasks
from plateau.jobs.handlers import Running
from plateau.jobs.kinds import JOB_KINDS, InvalidPayload, JobKind, JobKinds, UnknownJobKind
from plateau.jobs.models import Job
from plateau.jobs.tests.factories import JobFactory


@dataclass(frozen=True)
class By:
    user_id: int


@dataclass(frozen=True)
class Order:
    row_id: int
    share: float = 0.5
    by: By = By(1)
    plan: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True)
class OtherPayload:
    row_id: int


KIND = JobKind("kind-of-a-test", Order, queue=lambda order: "gpu" if order.share > 0.5 else "cpu", max_attempts=2)


@pytest.fixture
def kind() -> Iterator[JobKind[Order]]:
    JOB_KINDS.register(KIND, handler="plateau.jobs.tests.test_kinds.describe_order")
    yield KIND
    JOB_KINDS.remove(KIND.key)


def describe_order(running: Running[Order]) -> dict[str, Any]:
    """A handler; what it got."""
    assert isinstance(running.payload, Order)
    return {"row_id": running.payload.row_id, "by": running.payload.by.user_id}


def ended(kind: JobKind[Any], payload: Any) -> Job:
    """A row with this payload, after a worker had it."""
    job = JobFactory(kind=kind.key, payload=payload)
    claim = services.claim_job(job_id=job.pk, worker="test")
    assert claim is not None
    tasks._work(Running(claim, Job.objects.get(pk=job.pk)))
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db
def test_a_payload_is_stored_as_json_and_comes_back_typed(people, kind):
    order = Order(7, 0.75, By(3), [[1, 2]])
    job = Job.objects.get(pk=services.submit(kind, order, actor=people.actor()).pk)
    assert job.payload == {"row_id": 7, "share": 0.75, "by": {"user_id": 3}, "plan": [[1, 2]]}
    assert (job.kind, job.queue, job.max_attempts) == ("kind-of-a-test", "gpu", 2)
    assert kind.parse(job.payload) == order
    assert services.submit(kind, Order(7), actor=people.actor()).queue == "cpu"


@pytest.mark.django_db
def test_a_handler_is_loaded_by_its_name_and_gets_the_payload_typed(kind):
    job = ended(kind, {"row_id": 7, "by": {"user_id": 3}, "from_another_version": True})
    assert (job.state, job.result, job.error) == ("done", {"row_id": 7, "by": 3}, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("payload", "where"),
    [({}, "row_id"), ({"row_id": "x"}, "row_id"), ({"row_id": 1, "by": {}}, "by.user_id"), ([], "payload")],
)
def test_a_row_whose_payload_cannot_be_read_fails_and_names_kind_and_field(kind, payload, where):
    job = ended(kind, payload)
    assert job.state == "failed"
    assert job.error.startswith(f"InvalidPayload: Job kind kind-of-a-test: {where}: ")


@pytest.mark.django_db
def test_a_row_of_a_kind_that_nobody_does_fails_and_says_so():
    job = ended(KIND, {"row_id": 1})
    assert job.state == "failed"
    assert job.error.startswith("UnknownJobKind: No handler for jobs of kind kind-of-a-test")


@pytest.mark.django_db
def test_a_kind_that_is_not_registered_is_not_submitted(people, kind):
    with pytest.raises(UnknownJobKind, match="nobody"):
        services.submit(JobKind("nobody", Order, queue="cpu"), Order(1), actor=people.actor())
    with pytest.raises(UnknownJobKind, match="Another job kind"):
        services.submit(JobKind(kind.key, Order, queue="cpu"), Order(1), actor=people.actor())
    assert not Job.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("payload", [OtherPayload(1), {"row_id": 1}, Order, None])
def test_a_payload_of_another_type_is_not_submitted(people, kind, payload):
    with pytest.raises(TypeError, match="kind-of-a-test takes Order, not "):
        services.submit(kind, payload, actor=people.actor())
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_payload_with_a_field_that_its_worker_could_not_read_is_not_submitted(people, kind):
    with pytest.raises(InvalidPayload, match=r"by\.user_id"):
        services.submit(kind, Order(1, by=By("nobody")), actor=people.actor())
    assert not Job.objects.exists()


def test_two_kinds_of_one_key_are_not_registered():
    kinds = JobKinds()
    kinds.register(KIND, handler=describe_order)
    for again in (KIND, JobKind(KIND.key, OtherPayload, queue="cpu")):
        with pytest.raises(ValueError, match="'kind-of-a-test' has a job kind already"):
            kinds.register(again, handler=describe_order)
    kinds.remove(KIND.key)
    assert list(kinds) == []
    with pytest.raises(UnknownJobKind):
        kinds.remove(KIND.key)


def test_kinds_are_given_in_the_order_in_which_they_were_registered():
    kinds, second, first = JobKinds(), JobKind("a", Order, queue="cpu"), JobKind("b", Order, queue="cpu")
    kinds.register(first, handler=describe_order)
    kinds.register(second, handler=describe_order)
    assert [entry.kind for entry in kinds.values()] == [first, second]


PACKAGE = """
from dataclasses import dataclass

from plateau.jobs.kinds import JobKind, RegisteredJobKind


@dataclass(frozen=True)
class Nothing:
    pass


KIND = RegisteredJobKind(JobKind("sweep-floors", Nothing, queue="cpu"), handler=print)
"""


def test_another_package_brings_its_kinds_by_entry_point(tmp_path, monkeypatch):
    point = "floors = kinds_of_others:KIND"
    install_package(tmp_path, monkeypatch, "kinds_of_others", PACKAGE, {"plateau.job_kinds": [point]})
    kinds = JobKinds()
    kinds.register(KIND, handler=describe_order)
    assert list(kinds) == [KIND.key, "sweep-floors"]
    assert kinds["sweep-floors"].load_handler() is print


@pytest.mark.parametrize("name", ["plateau.jobs.nowhere.work", "plateau.jobs.tasks.nothing", "nothing"])
def test_a_handler_that_cannot_be_imported_is_found_where_it_is_loaded(name):
    kinds = JobKinds()
    kinds.register(KIND, handler=name, runs_in=name)
    with pytest.raises(ImportError):
        kinds[KIND.key].load_handler()
    with pytest.raises(ImportError):
        kinds[KIND.key].load_runner()


def test_what_runs_in_a_process_of_its_own_is_started_by_the_worker():
    kinds = JobKinds()
    kinds.register(KIND, handler="plateau.jobs.nowhere.work", runs_in=describe_order)
    assert kinds[KIND.key].load_runner() is describe_order


@pytest.mark.django_db(transaction=True)
def test_a_job_and_its_row_are_made_together_or_not_at_all(people, kind):
    """The row here is another job, which any test has at hand."""
    actor = people.actor()

    def row(job: Job) -> Job:
        assert job.pk
        return JobFactory(organization=people.organizations["ours"], kind="row", result={"of": job.pk})

    submitted = services.submit_with(kind, row=row, payload=lambda saved_row: Order(saved_row.pk, 0.9), actor=actor)
    job = Job.objects.get(kind=kind.key)
    assert submitted.result == {"of": job.pk}
    assert (job.payload["row_id"], job.queue) == (submitted.pk, "gpu")
    before = Job.objects.count()
    with pytest.raises(TypeError, match="takes Order"):
        services.submit_with(kind, row=row, payload=lambda saved_row: OtherPayload(saved_row.pk), actor=actor)  # type: ignore[arg-type,return-value]
    assert Job.objects.count() == before
