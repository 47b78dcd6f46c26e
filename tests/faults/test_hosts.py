"""Several workers, as on several hosts: they join by addresses and labels, and organizations share them fairly."""

from tests.faults import work
from tests.faults.test_processes import over, queued
from tests.faults.test_storage import Bad


def started(there, jobs: list[int]) -> list[float]:
    rows = dict(there.sql("SELECT id, extract(epoch FROM started_at)::float FROM jobs_job"))
    return [rows[one] for one in jobs]


def test_workers_join_and_leave_organizations_take_turns_and_labels_lead_to_own_machines(there, patience):
    there.postgres()
    there.broker()
    there.web()
    there.beat()
    there.env["PLATEAU_PASSWORD"] = "correct horse battery"
    there.manage("create_organization", "--name", "Theirs", "--email", "a@theirs.example")
    mark = there.home / "mark"
    job = {"seconds": 1, "file": str(mark)}
    there.sql("INSERT INTO jobs_quota (organization_id, queue, most_running) SELECT id, 'gpu', 2 "
              "FROM identity_organization WHERE slug = 'ours'")  # fmt: skip
    there.sql("INSERT INTO jobs_route (organization_id, queue, label) SELECT id, 'gpu', 'gpu-theirs' "
              "FROM identity_organization WHERE slug = 'theirs'")  # fmt: skip
    many = [queued(there, "slow", job, "cpu") for _ in range(18)]
    few = [queued(there, "slow", job, "cpu", "theirs") for _ in range(3)]
    bound = [queued(there, "slow", job, "gpu") for _ in range(6)]
    own = [queued(there, "slow", job, "gpu-theirs", "theirs") for _ in range(2)]
    there.worker("host-one", queues="default,cpu,gpu")
    there.worker("host-two", queues="default,cpu,gpu")
    there.until(lambda: over(there, [*many, *few, *bound]), patience, "the shared hosts")
    assert not over(there, own), "a job went to a machine without its label"
    # Three jobs of the small organization do not wait behind eighteen of the large one.
    assert max(started(there, few)) < sorted(started(there, many))[9]
    most = there.sql(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM jobs_job a JOIN jobs_job b ON b.queue = 'gpu' AND "
        "b.started_at <= a.started_at AND b.ended_at > a.started_at WHERE a.queue = 'gpu' GROUP BY a.id) x"
    )
    assert most == [(2,)]
    workers = {row[0] for row in there.sql("SELECT worker FROM jobs_job WHERE queue = 'cpu'")}
    assert len(workers) == 2
    there.worker("their-host", queues="gpu-theirs")
    there.until(lambda: over(there, own), patience, "their own host")
    there.kill("host-one")
    after = [queued(there, "slow", job, "cpu") for _ in range(3)]
    there.until(lambda: over(there, after), patience, "the host that is left")


def test_a_training_that_loses_its_host_goes_on_elsewhere_from_its_checkpoint(there, person, patience, tmp_path):
    """Two hosts that share the storage (S3) and no folder."""
    Bad(there)
    there.postgres()
    there.broker()
    there.web()
    there.beat()
    one, two = ({"PLATEAU_HOME": str(tmp_path / name), "CHECKPOINT_SECONDS": "1"} for name in ("one", "two"))
    there.worker("host-one", **one)
    admin = person()
    job, _ = work.long_training(there, admin, 4)
    there.kill("host-one")
    there.worker("host-two", **two)
    ended = admin.ended(job, patience * 2)
    assert (ended["state"], ended["attempt"]) == ("done", 2), ended["error"]
    assert next(line for line in ended["log"] if line["attempt"] == 2)["step"] > 1
    assert len(admin.call("GET", "model-versions/")["results"]) == 1
