"""Routes of acceptance contracts."""

from functools import partial
from typing import ClassVar, Literal

from django.http import HttpResponse
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import (
    Conflict,
    Invalid,
    NotFound,
    PartySigned,
    ProjectArchived,
    SignatureLapsed,
    SignedForBoth,
    WordingChanged,
    WrongParty,
)
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import Strict, parse
from registry.contracts import queries, services
from registry.contracts.filters import CONTRACTS
from registry.contracts.models import Contract, Look
from registry.contracts.schemas import ContractIn, ContractOut, LookIn, Plan, SignatureIn, TermsIn
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import newest_snapshot

_NOT_SIGNED = [
    NotFound,
    Conflict,
    ProjectArchived,
    WrongParty,
    PartySigned,
    SignedForBoth,
    SignatureLapsed,
    WordingChanged,
]


class PlanIn(Strict):
    """Terms to plan for; a project adds how many sealed labels it has."""

    terms: TermsIn
    project_id: int | None = Field(default=None, ge=1, le=2**63 - 1)


class WithdrawIn(Strict):
    """Why a contract is ended."""

    reason: str = Field(min_length=1, max_length=1000)


class OutcomesOut(BaseModel):
    """What a look rests on: [item, right, confidence, true label, answered label, first snapshot] in order."""

    columns: list[str] = ["item_id", "right", "confidence", "truth", "answered", "snapshot"]
    rows: list[list[int | bool | float | str]]


class ContractPlan(Endpoint):
    """How many test items an agreement takes."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_READ}

    @document(summary="How many test items terms take", body=PlanIn, out=Plan, refusals=[NotFound])
    def post(self, request: Request) -> Response:
        """Nothing is written."""
        given = parse(PlanIn, request.data)
        sealed = None
        if given.project_id is not None:
            snapshot = newest_snapshot(queries.project_of(self.actor, given.project_id).pk)
            sealed = snapshot.sealed if snapshot else 0
        return Response(queries.plan(given.terms, sealed))


class ContractList(Endpoint):
    """Contracts of the organization."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ}

    @document(
        summary="Contracts, newest first",
        out=Page[ContractOut],
        query=CONTRACTS,
        refusals=[Invalid],
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = queries.with_looks(self.actor)
        return Response(CONTRACTS.page(request, rows, partial(queries.contract_out, self.actor)))


class ProjectContracts(Endpoint):
    """Contracts of a project."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Draw up a contract", body=ContractIn, out=ContractOut, status=201, refusals=[NotFound, ProjectArchived]
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A draft, to be signed by both sides."""
        given = parse(ContractIn, request.data)
        project = queries.project_of(self.actor, project_id, active=True)
        row = services.draw_up(actor=self.actor, project_id=project.pk, given=given)
        return Response(queries.one_contract(self.actor, row.pk), status=201)


class ContractOne(Endpoint):
    """One contract."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ, "PUT": Scope.CONTRACTS_WRITE}

    @document(summary="A contract, its signatures and looks", out=ContractOut, refusals=[NotFound])
    def get(self, request: Request, contract_id: int) -> Response:
        """The contract."""
        return Response(queries.one_contract(self.actor, contract_id))

    @document(
        summary="Change a draft",
        body=ContractIn,
        out=ContractOut,
        headers=IF_MATCH,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def put(self, request: Request, contract_id: int) -> Response:
        """Another wording; signatures on the old one fall away."""
        given = parse(ContractIn, request.data)
        row = Contract.objects.visible_to(self.actor).active(pk=contract_id)
        with unchanged(request, row, lambda: queries.one_contract(self.actor, contract_id)):
            services.change(actor=self.actor, contract=row, given=given)
        return Response(queries.one_contract(self.actor, contract_id))


class ContractSign(Endpoint):
    """Signing."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_SIGN}

    @document(summary="Sign for one side", body=SignatureIn, out=ContractOut, refusals=_NOT_SIGNED)
    def post(self, request: Request, contract_id: int) -> Response:
        """A customer signs for the customer, whoever may draw up contracts for the maker."""
        given = parse(SignatureIn, request.data)
        row = Contract.objects.visible_to(self.actor).active(pk=contract_id)
        services.sign(actor=self.actor, contract=row, party=given.party, terms_hash=given.terms_hash)
        return Response(queries.one_contract(self.actor, contract_id))


class ContractWithdraw(Endpoint):
    """Ending without a verdict."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Withdraw a contract", body=WithdrawIn, out=ContractOut, refusals=[NotFound, Conflict, ProjectArchived]
    )
    def post(self, request: Request, contract_id: int) -> Response:
        """It stays on record."""
        given = parse(WithdrawIn, request.data)
        row = Contract.objects.visible_to(self.actor).active(pk=contract_id)
        services.withdraw(actor=self.actor, contract=row, reason=given.reason)
        return Response(queries.one_contract(self.actor, contract_id))


class ContractLooks(Endpoint):
    """Judging models."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Judge a model by the contract",
        body=LookIn,
        out=ContractOut,
        refusals=[NotFound, Conflict, ProjectArchived],
    )
    def post(self, request: Request, contract_id: int) -> Response:
        """A worker judges; the look is recorded whatever it shows."""
        given = parse(LookIn, request.data)
        row = Contract.objects.visible_to(self.actor).active(pk=contract_id)
        versions = ModelVersion.objects.visible_to(self.actor).filter(project_id=row.project_id)
        services.order_look(actor=self.actor, contract=row, version=versions.one(pk=given.model_version_id))
        return Response(queries.one_contract(self.actor, contract_id))


class LookOutcomes(Endpoint):
    """What a look rests on."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ}

    @document(summary="Every judged item of a look, in order", out=OutcomesOut, refusals=[NotFound])
    def get(self, request: Request, look_id: int) -> Response:
        """So that anyone can compute the verdict again."""
        return Response(OutcomesOut(rows=Look.objects.visible_to(self.actor).one(pk=look_id).outcomes))


class ReportQuery(QueryModel):
    """In which language."""

    lang: Literal["en", "ja"] = "en"


class ContractReport(Endpoint):
    """The report for the file."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ}

    @document(
        summary="The contract and its latest verdict as PDF",
        out=bytes,
        media="application/pdf",
        query=ReportQuery,
        refusals=[NotFound, Invalid],
    )
    def get(self, request: Request, contract_id: int) -> HttpResponse:
        """A PDF.

        Raises:
            Invalid: another language.
        """
        language = parse_query(ReportQuery, request).lang
        from registry.contracts.report import report  # reportlab is loaded where it is used

        contract = queries.one_contract(self.actor, contract_id)
        answer = HttpResponse(report(contract, language), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="contract-{contract.id}.pdf"'
        return answer
