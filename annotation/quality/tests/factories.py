"""Reviews, gold tasks and suspected label errors."""

import uuid

import factory
from factory.django import DjangoModelFactory

from annotation.labeling.tests.factories import AnnotationFactory, TaskFactory, default_value
from annotation.quality.models import GoldResult, GoldTask, LabelIssue, Review, Verdict
from plateau.identity.tests.factories import UserFactory


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    annotation = factory.SubFactory(AnnotationFactory)
    task = factory.SelfAttribute("annotation.task")
    project = factory.SelfAttribute("annotation.project")
    author = factory.SelfAttribute("annotation.user")
    verdict = Verdict.ACCEPTED
    client_id = factory.LazyFunction(uuid.uuid4)


class GoldTaskFactory(DjangoModelFactory):
    class Meta:
        model = GoldTask

    task = factory.SubFactory(TaskFactory)
    value = factory.LazyFunction(default_value)


class GoldResultFactory(DjangoModelFactory):
    class Meta:
        model = GoldResult

    annotation = factory.SubFactory(AnnotationFactory)
    task = factory.SelfAttribute("annotation.task")
    project = factory.SelfAttribute("annotation.project")
    user = factory.SubFactory(UserFactory)
    similarity = 1.0
    is_correct = True


class LabelIssueFactory(DjangoModelFactory):
    class Meta:
        model = LabelIssue

    annotation = factory.SubFactory(AnnotationFactory)
    task = factory.SelfAttribute("annotation.task")
    reason = "model"
    score = 0.1
