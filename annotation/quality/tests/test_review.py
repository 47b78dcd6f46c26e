import random
import uuid

import pytest

from annotation.labeling import queue, services
from annotation.labeling.models import Annotation, Comment, Lease, ProjectMembership, Task
from annotation.labeling.tests.factories import AnnotationFactory, LeaseFactory
from annotation.quality import gold, review
from annotation.quality.errors import AnnotationChanged
from annotation.quality.models import GoldResult, GoldTask, Review, ReviewTally
from annotation.quality.services import set_gold_task
from plateau.http.errors import InvalidInput

pytestmark = pytest.mark.django_db
APPLE, PEAR = {"label": "apple"}, {"label": "pear"}


@pytest.fixture
def project(make_project):
    reviewed = make_project(items=3)
    reviewed.review_fraction = 1.0
    reviewed.save()
    return reviewed


def label(people, project, role="annotator", value=APPLE):
    actor = people.actor(role)
    task = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]["id"]
    queue.submit_annotation(actor=actor, task_id=task, value=value, client_id=uuid.uuid4(), active_ms=1000)
    return task


def cases(people, project, role="reviewer", count=1):
    return review.lease_next_reviews(actor=people.actor(role), project=project, count=count)


def decide(people, case, verdict, role="reviewer", **more):
    key = more.pop("client_id", uuid.uuid4())
    return review.submit_review(
        actor=people.actor(role),
        task_id=case["task"]["id"],
        annotation_id=case["annotation_id"],
        verdict=verdict,
        client_id=key,
        **more,
    )


def test_an_accepted_answer_is_done_and_counts_as_first_pass(people, project):
    task = label(people, project)
    assert Task.objects.get(pk=task).state == "review"
    case = cases(people, project)[0]
    assert case["task"]["annotation"] == APPLE
    key = uuid.uuid4()
    first = decide(people, case, "accepted", client_id=key)
    assert decide(people, case, "accepted", client_id=key).pk == first.pk
    assert first.is_first_pass
    assert Task.objects.get(pk=task).state == "done"
    assert services.count_tasks_by_state(project_ids=[project.pk])[project.pk] == {
        "open": 2,
        "review": 0,
        "done": 1,
        "skipped": 0,
    }
    assert not Lease.objects.exists()


def test_a_corrected_annotation_supersedes_and_keeps_the_first_one(people, project):
    task = label(people, project)
    decide(people, cases(people, project)[0], "corrected", value=PEAR)
    row = Task.objects.get(pk=task)
    assert (row.state, row.annotation.value, row.annotation.source) == ("done", PEAR, "reviewer")
    assert row.annotation.supersedes.value == APPLE


def test_a_corrected_annotation_that_does_not_fit_changes_nothing(people, project):
    label(people, project)
    with pytest.raises(InvalidInput):
        decide(people, cases(people, project)[0], "corrected", value={"label": "plum"})
    assert not Review.objects.exists()


def test_a_rejected_answer_goes_first_in_line_to_the_same_person_with_its_reason(people, project):
    task = label(people, project)
    decide(people, cases(people, project)[0], "rejected", reason="look again", region="r1")
    assert queue.lease_next_tasks(actor=people.actor("manager"), project_id=project.pk).tasks[0]["id"] != task
    again = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk).tasks[0]
    assert (again["id"], again["annotation"]) == (task, APPLE)
    assert (Comment.objects.get().text, Comment.objects.get().region) == ("look again", "r1")
    queue.submit_annotation(
        actor=people.actor("annotator"), task_id=task, value=PEAR, client_id=uuid.uuid4(), active_ms=500
    )
    row = Task.objects.get(pk=task)
    assert (row.state, row.annotation.value) == ("review", PEAR)
    case = cases(people, project)[0]
    assert [review["reason"] for review in case["reviews"]] == ["look again"]
    assert not decide(people, case, "accepted").is_first_pass


def test_a_rejected_answer_can_go_to_anyone_else_and_counts_no_longer(people, project):
    task = label(people, project)
    decide(people, cases(people, project)[0], "rejected", reason="wrong", reassign_to="anyone")
    own_tasks = queue.lease_next_tasks(actor=people.actor("annotator"), project_id=project.pk, count=3).tasks
    assert task not in [own_task["id"] for own_task in own_tasks]
    manager = people.actor("manager")
    reassigned = queue.lease_next_tasks(actor=manager, project_id=project.pk).tasks[0]
    assert (reassigned["id"], reassigned["annotation"]) == (task, None)
    queue.submit_annotation(actor=manager, task_id=task, value=PEAR, client_id=uuid.uuid4())
    assert Task.objects.get(pk=task).annotation.value == PEAR


def test_a_reviewer_never_judges_their_own_answer_nor_one_that_somebody_holds(people, project):
    label(people, project, role="reviewer")
    assert cases(people, project) == []
    assert len(cases(people, project, role="manager")) == 1
    assert cases(people, project, role="admin") == []


def test_a_changed_answer_is_not_judged_by_an_old_look(people, project):
    task = label(people, project)
    case = cases(people, project)[0]
    queue.submit_annotation(actor=people.actor("annotator"), task_id=task, value=PEAR, client_id=uuid.uuid4())
    with pytest.raises(AnnotationChanged):
        decide(people, case, "accepted")


def test_the_second_reviewer_is_blind_and_a_third_decides_where_they_differ(people, project):
    project.second_review = True
    project.save()
    task = label(people, project)
    decide(people, cases(people, project)[0], "accepted")
    assert cases(people, project) == []
    second = cases(people, project, role="manager")[0]
    assert (second["round"], second["reviews"]) == (2, [])
    decide(people, second, "rejected", role="manager", reason="no")
    third = cases(people, project, role="admin")[0]
    assert [review["verdict"] for review in third["reviews"]] == ["accepted", "rejected"]
    assert Task.objects.get(pk=task).state == "review"
    decide(people, third, "accepted", role="admin")
    assert Task.objects.get(pk=task).state == "done"


def test_the_database_counts_reviews_as_they_come_and_go(people, project):
    """Made and deleted in any order, many at once: the counts are what counting anew says."""
    chance = random.Random(4)
    tasks = list(Task.objects.order_by("pk"))
    authors = [people.actor("annotator").user_id, people.actor("manager").user_id, None]
    answers = {task.pk: AnnotationFactory(task=task) for task in tasks}

    def random_review():
        task, verdict = chance.choice(tasks), chance.choice(["accepted", "rejected"])
        first = verdict == "accepted" and chance.random() < 0.5
        return Review(
            project=project, task=task, annotation=answers[task.pk], author_id=chance.choice(authors),
            round=chance.randint(1, 3), verdict=verdict, is_first_pass=first, client_id=uuid.uuid4(),
        )  # fmt: skip

    for _ in range(30):
        if chance.random() < 0.6:
            Review.objects.bulk_create([random_review() for _ in range(chance.randint(1, 4))])
        else:
            Review.objects.filter(task=chance.choice(tasks)).delete()
        every = list(Review.objects.order_by("pk"))
        for tally in ReviewTally.objects.all():
            of_author = [row for row in every if row.author_id == tally.author_id]
            firsts = {row.task_id: row.author_id for row in reversed(every)}
            assert tally.reviews == len(of_author)
            assert tally.accepted == sum(row.verdict == "accepted" for row in of_author)
            assert tally.tasks == sum(author == tally.author_id for author in firsts.values())
            assert tally.first_pass == sum(row.is_first_pass for row in of_author)
            assert tally.first_round == sum(row.round == 1 for row in of_author)
            assert tally.first_round_accepted == sum(row.round == 1 and row.verdict == "accepted" for row in of_author)
        assert sum(ReviewTally.objects.values_list("reviews", flat=True)) == len(every)


def test_only_the_drawn_share_is_reviewed(people, make_project):
    project = make_project(items=60)
    project.review_fraction = 0.4
    project.save()
    for _ in range(60):
        label(people, project)
    assert 10 < Task.objects.filter(state="review").count() < 40


def test_gold_items_look_like_any_task_and_are_scored(people, make_project):
    project = make_project(items=4)
    project.gold_fraction = 1.0
    project.save()
    task = Task.objects.first()
    set_gold_task(actor=people.actor("manager"), task=task, value=APPLE, is_qualification=False)
    actor = people.actor("annotator")
    handed = queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0]
    assert handed["id"] == task.pk
    assert set(handed) == set(queue.lease_next_tasks(actor=actor, project_id=project.pk).tasks[0])
    taken = queue.submit_annotation(actor=actor, task_id=task.pk, value=PEAR, client_id=uuid.uuid4())
    assert taken.feedback is None
    membership = ProjectMembership.objects.get(user_id=actor.user_id)
    assert (membership.gold_count, membership.gold_correct_count, GoldResult.objects.get().similarity) == (1, 0, 0.0)
    task.refresh_from_db()
    assert (task.state, task.annotation.value) == ("done", APPLE)
    assert all(
        leased["id"] != task.pk for leased in queue.lease_next_tasks(actor=actor, project_id=project.pk, count=4).tasks
    )


def test_a_newcomer_practices_first_and_is_shown_the_right_answer(people, make_project):
    project, actor = make_project(items=4), people.actor("annotator")
    project.qualification_tasks = 1
    project.save()
    task = Task.objects.first()
    set_gold_task(actor=people.actor("manager"), task=task, value=APPLE, is_qualification=True)
    leased_tasks = queue.lease_next_tasks(actor=actor, project_id=project.pk, count=3).tasks
    assert [leased["id"] for leased in leased_tasks] == [task.pk]
    taken = queue.submit_annotation(actor=actor, task_id=task.pk, value=PEAR, client_id=uuid.uuid4(), lease_next=True)
    assert taken.feedback == APPLE
    assert taken.next_dispatch.tasks[0]["id"] != task.pk


def test_who_surely_falls_short_on_gold_is_paused_and_told_so(people, make_project):
    project, actor = make_project(items=30), people.actor("annotator")
    project.min_gold_accuracy = 0.8
    project.save()
    halted, number = "", -1
    for task in Task.objects.order_by("pk")[:12]:
        number += 1
        Lease.objects.filter(task=task).delete()
        set_gold_task(actor=people.actor("manager"), task=task, value=APPLE, is_qualification=False)
        LeaseFactory(user=people.members["ours", "annotator"].user, task=task, kind="gold")
        queue.submit_annotation(actor=actor, task_id=task.pk, value=PEAR, client_id=uuid.uuid4())
        halted = queue.lease_next_tasks(actor=actor, project_id=project.pk).blocked_reason
        if halted:
            break
    assert halted == "paused"
    assert number < 11
    assert "0 of" in ProjectMembership.objects.get(user_id=actor.user_id).pause_reason
    assert GoldTask.objects.count() == number + 1
    assert gold.is_below_floor(0, number + 1, 0.8)


def test_consensus_by_job_says_its_method_and_moves_the_label(people, make_project):
    from annotation.quality.services import run_consensus, submit_consensus
    from plateau.jobs.handlers import Running
    from plateau.jobs.models import Job
    from plateau.jobs.services import claim_job

    project = make_project(items=3)
    project.overlap = project.max_annotations_per_task = 3
    project.save()
    services.apply_overlap(project=project)
    for role, value in (("annotator", APPLE), ("reviewer", PEAR), ("scientist", PEAR)):
        for _ in range(3):
            label(people, project, role, value)
    task = Task.objects.first()
    Task.objects.filter(pk=task.pk).update(annotation=Annotation.objects.filter(task=task, value=APPLE).get())
    job = submit_consensus(actor=people.actor("manager"), project=project, method="auto")
    claim = claim_job(job_id=job.pk, worker="test")
    result = run_consensus(Running(claim, job))
    assert (result["method"], result["changed"]) == ("majority", 1)
    assert Task.objects.get(pk=task.pk).annotation.value == PEAR
    assert Job.objects.get(pk=job.pk).done == 3


def test_a_done_task_can_be_looked_at_again_and_sent_back(people, make_project):
    project = make_project(items=1)
    task = label(people, project)
    case = review.get_review(actor=people.actor("reviewer"), task_id=task)
    decide(people, case, "rejected", reason="found wrong later")
    assert Task.objects.get(pk=task).state == "open"
    assert services.count_tasks_by_state(project_ids=[project.pk])[project.pk] == {
        "open": 1,
        "review": 0,
        "done": 0,
        "skipped": 0,
    }


def test_a_rejected_task_stays_on_its_authors_list_until_it_is_annotated_again(people, project):
    task = label(people, project)
    decide(people, cases(people, project)[0], "rejected", reason="It is a pear.")
    client = people.client("annotator")
    [row] = client.get("/api/v1/tasks/returned/").json()["results"]
    assert (row["task_id"], row["project"], row["reason"]) == (task, project.name, "It is a pear.")
    assert row["reviewer"] == "Reviewer"
    assert people.client("manager").get("/api/v1/tasks/returned/").json()["results"] == []
    assert label(people, project, value=PEAR) == task
    assert client.get("/api/v1/tasks/returned/").json()["results"] == []


def test_the_queue_says_how_many_wait_for_the_reviewer(people, project):
    for _ in range(3):
        label(people, project)
    address = f"/api/v1/projects/{project.pk}/review/next/"

    def waiting(role: str) -> int:
        return people.client(role).post(address, {"count": 1}, content_type="application/json").json()["waiting"]

    assert waiting("reviewer") == 3
    free = Task.objects.filter(project=project, leases=None).first()
    Annotation.objects.filter(task=free).update(user_id=people.actor("manager").user_id)
    assert waiting("manager") == 1  # one is their own, and one is held by the reviewer
    decide(people, cases(people, project)[0], "accepted")
    assert waiting("reviewer") == 1  # the manager holds another
