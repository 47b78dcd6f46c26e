"""Routes of acceptance contracts."""

from functools import partial
from typing import ClassVar, Literal

from django.http import HttpResponse
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response

from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound, ProjectArchived
from plateau.http.etags import IF_MATCH, unchanged
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.query import QueryModel, parse_query
from plateau.http.validation import RequestModel, parse
from registry.contracts import queries, services
from registry.contracts.errors import (
    ContractEnded,
    ContractEvaluationInProgress,
    ContractNotDraft,
    ContractNotInForce,
    NoSubmissionsLeft,
    PartySigned,
    ProjectTypeHasNoContracts,
    SignatureLapsed,
    SignedForBoth,
    SignerNotEligible,
    TermsNotDecidable,
    VerdictGiven,
    WordingChanged,
    WrongParty,
)
from registry.contracts.evaluation import StoredItemResult
from registry.contracts.filters import CONTRACTS
from registry.contracts.models import Contract, ContractEvaluation
from registry.contracts.schemas import (
    ContractEvaluationIn,
    ContractIn,
    ContractOut,
    EligibleSignersOut,
    SampleSizeOut,
    SignatureIn,
    TermsIn,
)
from registry.model_versions.errors import NoReadySnapshot
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import newest_snapshot

_SIGNING_ERRORS = [
    NotFound,
    ContractNotDraft,
    ProjectArchived,
    WrongParty,
    PartySigned,
    SignedForBoth,
    SignatureLapsed,
    WordingChanged,
]


class SampleSizeIn(RequestModel):
    """Terms to plan for; a project adds how many labeled items its held-out test set has."""

    terms: TermsIn
    project_id: int | None = Field(default=None, ge=1, le=2**63 - 1)


class WithdrawIn(RequestModel):
    """Why a contract is withdrawn."""

    reason: str = Field(min_length=1, max_length=1000)


class ItemResultOut(BaseModel):
    """How a model did on one item; labels by their id."""

    item_id: int
    correct: bool
    confidence: float
    true_label: str
    predicted_label: str
    snapshot_version: int = Field(description="The first snapshot on which the item was evaluated by this contract")


class ItemResultsOut(BaseModel):
    """Every item that an evaluation counts, in the order in which they count."""

    results: list[ItemResultOut]


class ContractSampleSize(Endpoint):
    """Sample size of terms."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_READ}
    unrecorded: ClassVar = {"POST": "nothing is written"}

    @document(
        summary="How many test items terms take",
        body=SampleSizeIn,
        out=SampleSizeOut,
        errors=[NotFound, TermsNotDecidable],
    )
    def post(self, request: Request) -> Response:
        """Nothing is written."""
        body = parse(SampleSizeIn, request.data)
        held_out_items = None
        if body.project_id is not None:
            snapshot = newest_snapshot(queries.project_of(self.actor, body.project_id).pk)
            held_out_items = snapshot.test_count if snapshot else 0
        return Response(queries.sample_size(body.terms, held_out_items))


class ContractList(Endpoint):
    """Contracts of the organization."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ}

    @document(
        summary="Contracts, newest first",
        out=Page[ContractOut],
        query=CONTRACTS,
    )
    def get(self, request: Request) -> Response:
        """One page."""
        rows = queries.contracts_with_evaluations(self.actor)
        return Response(CONTRACTS.page(request, rows, partial(queries.contract_out, self.actor)))


class ProjectContracts(Endpoint):
    """Contracts of a project."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Create a draft contract",
        body=ContractIn,
        out=ContractOut,
        status=201,
        errors=[NotFound, TermsNotDecidable, SignerNotEligible, ProjectArchived],
    )
    def post(self, request: Request, project_id: int) -> Response:
        """A draft, to be signed by both parties."""
        body = parse(ContractIn, request.data)
        project = queries.project_of(self.actor, project_id, active=True)
        row = services.create_contract(actor=self.actor, project_id=project.pk, draft=body)
        return Response(queries.contract_detail(self.actor, row.pk), status=201)


class ContractSigners(Endpoint):
    """Whom a contract can name."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_WRITE}

    @document(summary="Members who can be named for each party", out=EligibleSignersOut, errors=[NotFound])
    def get(self, request: Request, project_id: int) -> Response:
        """By their role; the caller never for the customer."""
        return Response(queries.eligible_signers_out(self.actor, queries.project_of(self.actor, project_id)))


class ContractDetail(Endpoint):
    """One contract."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ, "PUT": Scope.CONTRACTS_WRITE}

    @document(summary="A contract, its signatures and evaluations", out=ContractOut, errors=[NotFound])
    def get(self, request: Request, contract_id: int) -> Response:
        """The contract."""
        return Response(queries.contract_detail(self.actor, contract_id))

    @document(
        summary="Update a draft contract",
        body=ContractIn,
        out=ContractOut,
        headers=IF_MATCH,
        errors=[NotFound, TermsNotDecidable, SignerNotEligible, ContractNotDraft, ProjectArchived],
    )
    def put(self, request: Request, contract_id: int) -> Response:
        """Another wording; signatures on the old one fall away."""
        body = parse(ContractIn, request.data)
        row = Contract.objects.visible_to(self.actor).get_active(pk=contract_id)
        with unchanged(request, row, lambda: queries.contract_detail(self.actor, contract_id)):
            services.update_contract(actor=self.actor, contract=row, draft=body)
        return Response(queries.contract_detail(self.actor, contract_id))


class ContractSign(Endpoint):
    """Signing."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_SIGN}

    @document(summary="Sign for one party", body=SignatureIn, out=ContractOut, errors=_SIGNING_ERRORS)
    def post(self, request: Request, contract_id: int) -> Response:
        """Whoever is named for the party."""
        body = parse(SignatureIn, request.data)
        row = Contract.objects.visible_to(self.actor).get_active(pk=contract_id)
        services.sign_contract(actor=self.actor, contract=row, party=body.party, terms_hash=body.terms_hash)
        return Response(queries.contract_detail(self.actor, contract_id))


class ContractWithdraw(Endpoint):
    """Withdrawal."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Withdraw a contract",
        body=WithdrawIn,
        out=ContractOut,
        errors=[NotFound, ContractEnded, ProjectArchived],
    )
    def post(self, request: Request, contract_id: int) -> Response:
        """It stays on record."""
        body = parse(WithdrawIn, request.data)
        row = Contract.objects.visible_to(self.actor).get_active(pk=contract_id)
        services.withdraw_contract(actor=self.actor, contract=row, reason=body.reason)
        return Response(queries.contract_detail(self.actor, contract_id))


class ContractEvaluations(Endpoint):
    """Evaluations of models by a contract."""

    scopes: ClassVar = {"POST": Scope.CONTRACTS_WRITE}

    @document(
        summary="Evaluate a model by the contract",
        body=ContractEvaluationIn,
        out=ContractOut,
        errors=[
            NotFound,
            ProjectTypeHasNoContracts,
            ContractNotInForce,
            ContractEvaluationInProgress,
            NoSubmissionsLeft,
            VerdictGiven,
            NoReadySnapshot,
            ProjectArchived,
        ],
    )
    def post(self, request: Request, contract_id: int) -> Response:
        """A worker evaluates; the evaluation is recorded whatever its verdict."""
        body = parse(ContractEvaluationIn, request.data)
        row = Contract.objects.visible_to(self.actor).get_active(pk=contract_id)
        versions = ModelVersion.objects.visible_to(self.actor).filter(project_id=row.project_id)
        services.request_evaluation(
            actor=self.actor, contract=row, version=versions.get_or_404(pk=body.model_version_id)
        )
        return Response(queries.contract_detail(self.actor, contract_id))


class EvaluationItemResults(Endpoint):
    """What an evaluation rests on."""

    scopes: ClassVar = {"GET": Scope.CONTRACTS_READ}

    @document(summary="Every item result of an evaluation, in order", out=ItemResultsOut, errors=[NotFound])
    def get(self, request: Request, evaluation_id: int) -> Response:
        """So that anyone can compute the verdict again."""
        evaluation = ContractEvaluation.objects.visible_to(self.actor).get_or_404(pk=evaluation_id)
        rows = [StoredItemResult(*row) for row in evaluation.item_results]
        return Response(ItemResultsOut(results=[ItemResultOut(**row._asdict()) for row in rows]))


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
        errors=[NotFound],
    )
    def get(self, request: Request, contract_id: int) -> HttpResponse:
        """A PDF."""
        language = parse_query(ReportQuery, request).lang
        from registry.contracts.report import render_report  # reportlab is loaded where it is used

        contract = queries.contract_detail(self.actor, contract_id)
        answer = HttpResponse(render_report(contract, language), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="contract-{contract.id}.pdf"'
        return answer
