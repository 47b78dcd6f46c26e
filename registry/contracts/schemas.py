"""Requests and responses of contracts."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from plateau.http.etags import Editable
from plateau.http.validation import RequestModel
from plateau.jobs.api import JobOut
from registry.contracts.evaluation import ALL, ContractTerms, TermsPart

Accuracy = Annotated[float, Field(ge=0.01, le=0.999999)]
Risk = Annotated[float, Field(ge=0.001, le=0.5)]
SLICE_PATTERN = r"^(class:[^=]{1,60}|meta:[^=]{1,100}=.{1,200})$"


class SliceIn(RequestModel):
    """A slice with a target of its own."""

    key: Annotated[str, StringConstraints(pattern=SLICE_PATTERN)] = Field(
        description="`class:<label id>`, or `meta:<field>=<value>` for items whose metadata say so"
    )
    title: str = Field(min_length=1, max_length=120)
    target: Accuracy


class TermsIn(RequestModel):
    """The acceptance criterion and the risks that both parties take."""

    metric: Literal["accuracy"] = "accuracy"
    target: Accuracy = Field(description="Accuracy that must be exceeded (rejectable quality level)")
    expected: Accuracy = Field(description="A model of this accuracy or more should pass (acceptable quality level)")
    false_accept_risk: Risk = Field(
        default=0.05, description="Largest probability to accept a model at the target or below (consumer's risk)"
    )
    false_reject_risk: Risk = Field(
        default=0.1, description="Largest probability to reject a model at the expected accuracy (producer's risk)"
    )
    method: Literal["anytime", "fixed"] = Field(
        default="anytime",
        description="`anytime`: valid at every interim analysis. `fixed`: evaluated once, at a set number",
    )
    max_submissions: int = Field(
        default=1, ge=1, le=20, description="Models that may be submitted; they share the risk"
    )
    new_labels_only: bool = Field(
        default=False, description="Count only labels of the held-out test set made after the signing"
    )
    slices: list[SliceIn] = Field(default_factory=list, max_length=30)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.expected <= self.target:
            raise ValueError("expected must be above target")
        keys = [slice_.key for slice_ in self.slices]
        if len(set(keys)) < len(keys):
            raise ValueError("a slice is listed twice")
        return self


def contract_terms(terms: TermsIn) -> ContractTerms:
    """Terms as `evaluation` reads them. A slice's expected accuracy lies as far towards 1 as that of all items."""
    fraction = (terms.expected - terms.target) / (1 - terms.target)
    parts = [TermsPart(ALL, "", terms.target, terms.expected)]
    parts += [
        TermsPart(slice_.key, slice_.title, slice_.target, slice_.target + fraction * (1 - slice_.target))
        for slice_ in terms.slices
    ]
    return ContractTerms(
        terms.method, terms.false_accept_risk, terms.false_reject_risk, tuple(parts), terms.max_submissions
    )


MAX_SIGNERS = 20
SignerIds = Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=MAX_SIGNERS)]


class ContractIn(RequestModel):
    """A contract to be created, and who may sign it for each party."""

    title: str = Field(min_length=1, max_length=120)
    note: str = Field(default="", max_length=4000)
    terms: TermsIn
    customer_ids: SignerIds = Field(description="Users who may sign for the customer")
    maker_ids: SignerIds = Field(description="Users who may sign for the provider")


class SignatureIn(RequestModel):
    """A signature; `terms_hash` says which wording was read."""

    party: Literal["customer", "maker"]
    terms_hash: str = Field(min_length=64, max_length=64)


class ContractEvaluationIn(RequestModel):
    """The model to evaluate."""

    model_version_id: int = Field(ge=1, le=2**63 - 1)


class SamplingPlanOut(BaseModel):
    """A fixed sampling plan: evaluate `sample_size` items, accept with at most `acceptance_number` errors."""

    sample_size: int
    acceptance_number: int
    pass_probability_at_target: float
    pass_probability_at_expected: float
    pass_probabilities: list[float]


class PartSampleSizeOut(BaseModel):
    """Sample size of one part; `sampling_plan` is null where more than a million items would be needed."""

    key: str
    title: str
    target: float
    expected: float
    sampling_plan: SamplingPlanOut | None
    median_sample_size: int | None = Field(
        description="Items after which half of the models at the expected accuracy have passed an anytime test"
    )
    held_out_items: int | None = Field(description="Labeled items in the held-out test set now")


class SampleSizeOut(BaseModel):
    """How many test items the terms take. `accuracies` are what `pass_probabilities` belong to."""

    accuracies: list[float]
    parts: list[PartSampleSizeOut]
    sampling_plans: list[SamplingPlanOut]


class SignerOut(BaseModel):
    """Somebody who may sign for a party."""

    party: str
    user_id: int
    name: str


class EligibleSignersOut(BaseModel):
    """Members who can be named for each party."""

    customers: list[SignerOut]
    makers: list[SignerOut]


class SignatureOut(BaseModel):
    """Who signed."""

    party: str
    name: str
    user_id: int
    terms_hash: str
    signed_at: datetime


class ContractEvaluationOut(BaseModel):
    """An evaluation of a model by a contract; `verdict` is empty until there is one."""

    id: int
    contract_id: int
    model_version_id: int
    model: str
    version: int
    snapshot_id: int
    snapshot_version: int
    snapshot_hash: str
    verdict: str
    result: dict[str, Any]
    job: JobOut
    created_by: str
    created_at: datetime
    evaluated_at: datetime | None


class ContractOut(Editable):
    """A contract with its evaluations, newest first.

    `wording` is what `terms_hash` is the SHA-256 of, as JSON with sorted keys: the terms by the names that they were
    signed with.
    """

    edited: ClassVar[tuple[str, ...]] = ("title", "note", "terms", "state", "signers", "signatures")

    id: int
    project_id: int
    project: str
    title: str
    note: str
    terms: TermsIn
    terms_hash: str
    wording: dict[str, Any]
    facts: dict[str, Any]
    state: str
    signers: list[SignerOut]
    signatures: list[SignatureOut]
    signable_party: str | None = Field(description="The party for which the caller may sign now: `customer` or `maker`")
    evaluations: list[ContractEvaluationOut]
    submissions_left: int
    created_by: str
    created_at: datetime
    signed_at: datetime | None
    closed_at: datetime | None
