"""What comes in and goes out."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from plateau.http.etags import Editable
from plateau.http.validation import Strict
from plateau.jobs.api import JobOut
from registry.contracts.verdicts import ALL, Part, Terms

Rate = Annotated[float, Field(ge=0.01, le=0.999999)]
Risk = Annotated[float, Field(ge=0.001, le=0.5)]
SLICE = r"^(class:[^=]{1,60}|meta:[^=]{1,100}=.{1,200})$"


class SliceIn(Strict):
    """A slice with a floor of its own."""

    key: Annotated[str, StringConstraints(pattern=SLICE)] = Field(
        description="`class:<label id>`, or `meta:<field>=<value>` for items whose metadata say so"
    )
    title: str = Field(min_length=1, max_length=120)
    target: Rate


class TermsIn(Strict):
    """What is good enough, and the risks that both sides take."""

    metric: Literal["accuracy"] = "accuracy"
    target: Rate = Field(description="Acceptance claims that the accuracy is above this")
    good: Rate = Field(description="A model of this accuracy or more should be accepted")
    accept_risk: Risk = Field(default=0.05, description="Largest chance to accept a model at the target or below")
    refuse_risk: Risk = Field(default=0.1, description="Largest chance to refuse a model that is good")
    method: Literal["anytime", "fixed"] = Field(
        default="anytime", description="`anytime`: looking early is safe. `fixed`: judged once, at a set number"
    )
    candidates: int = Field(default=1, ge=1, le=20, description="Models that may be offered; they share the risk")
    fresh: bool = Field(default=False, description="Count only sealed labels made after the signing")
    slices: list[SliceIn] = Field(default_factory=list, max_length=30)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.good <= self.target:
            raise ValueError("good must be above target")
        keys = [one.key for one in self.slices]
        if len(set(keys)) < len(keys):
            raise ValueError("a slice is named twice")
        return self


def terms_of(given: TermsIn) -> Terms:
    """As the mathematics reads them. A slice's good rate lies as far towards 1 as that of all items."""
    way = (given.good - given.target) / (1 - given.target)
    parts = [Part(ALL, "", given.target, given.good)]
    parts += [Part(one.key, one.title, one.target, one.target + way * (1 - one.target)) for one in given.slices]
    return Terms(given.method, given.accept_risk, given.refuse_risk, tuple(parts), given.candidates)


class ContractIn(Strict):
    """A contract to be drawn up."""

    title: str = Field(min_length=1, max_length=120)
    note: str = Field(default="", max_length=4000)
    terms: TermsIn


class SignatureIn(Strict):
    """A signature; `terms_hash` says which wording was read."""

    party: Literal["customer", "maker"]
    terms_hash: str = Field(min_length=64, max_length=64)


class LookIn(Strict):
    """Which model to judge."""

    model_version_id: int = Field(ge=1, le=2**63 - 1)


class DesignOut(BaseModel):
    """A fixed design and how often models pass it."""

    items: int
    errors: int
    pass_at_target: float
    pass_at_good: float
    chances: list[float]


class PlanPart(BaseModel):
    """What one part takes; `design` is null where more than a million items would be needed."""

    key: str
    title: str
    target: float
    good: float
    design: DesignOut | None
    typical: int | None = Field(description="Items after which an anytime test ends half of the time, if good")
    sealed: int | None = Field(description="Sealed labels that are there now")


class Plan(BaseModel):
    """How many test items the terms take. `rates` are the true accuracies that `chances` belong to."""

    rates: list[float]
    parts: list[PlanPart]
    table: list[DesignOut]


class SignatureOut(BaseModel):
    """Who signed."""

    party: str
    name: str
    user_id: int
    terms_hash: str
    signed_at: datetime


class LookOut(BaseModel):
    """A look and its verdict; `verdict` is empty while it is being taken."""

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
    by: str
    created_at: datetime
    judged_at: datetime | None


class ContractOut(Editable):
    """A contract with its looks, newest first."""

    edited: ClassVar[tuple[str, ...]] = ("title", "note", "terms", "state", "signatures")

    id: int
    project_id: int
    project: str
    title: str
    note: str
    terms: TermsIn
    terms_hash: str
    facts: dict[str, Any]
    state: str
    signatures: list[SignatureOut]
    signable: str | None = Field(description="The side for which the caller may sign now: `customer` or `maker`")
    looks: list[LookOut]
    candidates_left: int
    by: str
    created_at: datetime
    signed_at: datetime | None
    closed_at: datetime | None
