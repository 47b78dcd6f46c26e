"""Several workers, as on several hosts: they join by addresses and labels, and organizations share them fairly."""

from tests.faults import work
from tests.faults.test_processes import over, queued
from tests.faults.test_storage import Bad


def started(installation, jobs: list[int]) -> list[float]:
    rows = dict(installation.sql("SELECT id, extract(epoch FROM started_at)::float FROM jobs_job"))
    return [rows[job] for job in jobs]


def test_workers_join_and_leave_organizations_take_turns_and_labels_lead_to_own_machines(installation, patience):
    installation.postgres()
    installation.broker()
    installation.web()
    installation.beat()
    installation.env["PLATEAU_PASSWORD"] = "correct horse battery"
    installation.manage("create_organization", "--name", "Theirs", "--email", "a@theirs.example")
    mark = installation.home / "mark"
    job = {"seconds": 1, "file": str(mark)}
    installation.sql("INSERT INTO jobs_quota (organization_id, queue, most_running) SELECT id, 'gpu', 2 "
              "FROM identity_organization WHERE slug = 'ours'")  # fmt: skip
    installation.sql("INSERT INTO jobs_route (organization_id, queue, label) SELECT id, 'gpu', 'gpu-theirs' "
              "FROM identity_organization WHERE slug = 'theirs'")  # fmt: skip
    many = [queued(installation, "slow", job, "cpu") for _ in range(18)]
    few = [queued(installation, "slow", job, "cpu", "theirs") for _ in range(3)]
    bound = [queued(installation, "slow", job, "gpu") for _ in range(6)]
    own = [queued(installation, "slow", job, "gpu-theirs", "theirs") for _ in range(2)]
    installation.worker("host-one", queues="default,cpu,gpu")
    installation.worker("host-two", queues="default,cpu,gpu")
    installation.until(lambda: over(installation, [*many, *few, *bound]), patience, "the shared hosts")
    assert not over(installation, own), "a job went to a machine without its label"
    # Three jobs of the small organization do not wait behind eighteen of the large one.
    assert max(started(installation, few)) < sorted(started(installation, many))[9]
    most = installation.sql(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM jobs_job a JOIN jobs_job b ON b.queue = 'gpu' AND "
        "b.started_at <= a.started_at AND b.ended_at > a.started_at WHERE a.queue = 'gpu' GROUP BY a.id) x"
    )
    assert most == [(2,)]
    workers = {row[0] for row in installation.sql("SELECT worker FROM jobs_job WHERE queue = 'cpu'")}
    assert len(workers) == 2
    installation.worker("their-host", queues="gpu-theirs")
    installation.until(lambda: over(installation, own), patience, "their own host")
    installation.kill("host-one")
    after = [queued(installation, "slow", job, "cpu") for _ in range(3)]
    installation.until(lambda: over(installation, after), patience, "the host that is left")


def test_a_training_that_loses_its_host_goes_on_elsewhere_from_its_checkpoint(installation, person, patience, tmp_path):
    """Two hosts that share the storage (S3) and no folder."""
    Bad(installation)
    installation.postgres()
    installation.broker()
    installation.web()
    installation.beat()
    first, second = ({"PLATEAU_HOME": str(tmp_path / name), "CHECKPOINT_SECONDS": "1"} for name in ("one", "two"))
    installation.worker("host-one", **first)
    admin = person()
    job, _ = work.long_training(installation, admin, 4)
    installation.kill("host-one")
    installation.worker("host-two", **second)
    ended = admin.ended(job, patience * 2)
    assert (ended["state"], ended["attempt"]) == ("done", 2), ended["error"]
    assert next(line for line in ended["log"] if line["attempt"] == 2)["step"] > 1
    assert len(admin.call("GET", "model-versions/")["results"]) == 1
