"""Contracts, their signatures, and every evaluation of a model by them."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from plateau.access.visibility import ScopedQuerySet


class ContractState(models.TextChoices):
    """States of a contract. Only a draft may be changed; passed, failed and withdrawn are final."""

    DRAFT = "draft"
    SIGNED = "signed"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Contract(models.Model):
    """An acceptance criterion, agreed before any model is evaluated.

    `terms` are signed: read them by `terms.read_terms`, and never rewrite them. `terms_hash` is fixed by the first
    signature. `facts` holds what was true at the last one: versions of guideline and labels, and how many models had
    been evaluated on the held-out test set before.
    """

    organization_path: ClassVar[str] = "project__organization_id"
    project_path: ClassVar[str] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="contracts")
    title = models.CharField(max_length=120)
    note = models.TextField(default="", blank=True)
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64, default="", blank=True)
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=ContractState.choices, default=ContractState.DRAFT)
    signed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ScopedQuerySet["Contract"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=ContractState.values), name="contract_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"]) | models.Q(signed_at__isnull=False),
                name="contract_is_signed_before_it_ends",
            ),
        ]


class Party(models.TextChoices):
    """Who signs: the one that takes the model, and the one that makes it."""

    CUSTOMER = "customer"
    MAKER = "maker"


class Signer(models.Model):
    """Somebody who may sign for a party: named when the contract is drawn up, for one party alone."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="signers")
    party = models.CharField(max_length=8, choices=Party.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "user"], name="nobody_is_named_for_both"),
        ]


class Signature(models.Model):
    """One party's word on one wording of the terms; never changed."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="signatures")
    party = models.CharField(max_length=8, choices=Party.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    terms_hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "party"], name="one_signature_for_each_party"),
            models.UniqueConstraint(fields=["contract", "user"], name="nobody_signs_for_both"),
        ]


class ContractEvaluation(models.Model):
    """An interim analysis: one evaluation of one model by the contract; never deleted, whatever its verdict.

    `item_results` has a row for each item (`evaluation.StoredItemResult`), in the order in which items count, so that
    anyone can compute the verdict again. `result` is what `evaluation.evaluate_terms` gives, with estimates beside it.
    """

    organization_path: ClassVar[str] = "contract__project__organization_id"
    project_path: ClassVar[str] = "contract__project_id"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="evaluations")
    model_version = models.ForeignKey(
        "model_versions.ModelVersion", on_delete=models.PROTECT, related_name="contract_evaluations"
    )
    snapshot = models.ForeignKey("snapshots.Snapshot", on_delete=models.PROTECT, related_name="contract_evaluations")
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, related_name="contract_evaluation")
    item_results = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    verdict = models.CharField(max_length=12, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    evaluated_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ContractEvaluation"].as_manager()
