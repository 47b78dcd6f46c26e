"""Reading contracts, and planning them."""

from typing import Any

import numpy as np
from django.db.models import Prefetch

from annotation.projects.models import Project
from plateau.access.scopes import Actor
from plateau.jobs.api import job_out
from registry.contracts.models import Contract, Look
from registry.contracts.schemas import ContractOut, DesignOut, LookOut, Plan, PlanPart, SignatureOut, TermsIn, terms_of
from registry.contracts.services import name_of, offered, signable_by
from registry.contracts.verdicts import ALL
from statkit import acceptance_sampling, sequential_tests

MISTAKES = (0, 1, 2, 3, 5, 10)


def project_of(actor: Actor, project_id: int, *, active: bool = False) -> Project:
    """The caller's project.

    Raises:
        NotFound: no such project.
        ProjectArchived: an `active` one is asked for, and it is archived.
    """
    rows = Project.objects.visible_to(actor)
    return rows.active(pk=project_id) if active else rows.one(pk=project_id)


def with_looks(actor: Actor) -> Any:
    """Contracts as pages show them, in a constant number of queries; the outcomes of looks stay where they are."""
    looks = Look.objects.defer("outcomes").select_related("model_version", "snapshot", "job", "created_by")
    rows = Contract.objects.visible_to(actor).select_related("project", "created_by")
    return rows.prefetch_related("signatures", Prefetch("looks", looks.order_by("-pk")))


def look_out(row: Look) -> LookOut:
    """A look."""
    return LookOut(
        id=row.pk,
        contract_id=row.contract_id,
        model_version_id=row.model_version_id,
        model=row.model_version.name,
        version=row.model_version.version,
        snapshot_id=row.snapshot_id,
        snapshot_version=row.snapshot.version,
        snapshot_hash=row.snapshot.content_hash,
        verdict=row.verdict,
        result=row.result,
        job=job_out(row.job),
        by=name_of(row.created_by),
        created_at=row.created_at,
        judged_at=row.judged_at,
    )


def contract_out(actor: Actor, row: Contract) -> ContractOut:
    """A contract as the caller sees it; see `with_looks`."""
    looks, signatures = list(row.looks.all()), sorted(row.signatures.all(), key=lambda one: one.pk)
    return ContractOut(
        id=row.pk,
        project_id=row.project_id,
        project=row.project.name,
        title=row.title,
        note=row.note,
        terms=TermsIn.model_validate(row.terms),
        terms_hash=row.terms_hash,
        facts=row.facts,
        state=row.state,
        signatures=[
            SignatureOut(
                party=one.party,
                name=one.name,
                user_id=one.user_id,
                terms_hash=one.terms_hash,
                signed_at=one.signed_at,
            )
            for one in signatures
        ],
        signable=signable_by(actor, row, signatures),
        looks=[look_out(one) for one in looks],
        candidates_left=row.terms["candidates"] - len(offered(looks)),
        by=name_of(row.created_by),
        created_at=row.created_at,
        signed_at=row.signed_at,
        closed_at=row.closed_at,
    )


def one_contract(actor: Actor, contract_id: int) -> ContractOut:
    """The caller's contract.

    Raises:
        NotFound: no such contract.
    """
    return contract_out(actor, with_looks(actor).one(pk=contract_id))


def _design_out(design: acceptance_sampling.SamplingPlan, target: float, good: float, rates: list[float]) -> DesignOut:
    return DesignOut(
        items=design.sample_size,
        errors=design.acceptance_number,
        pass_at_target=design.pass_probability(target),
        pass_at_good=design.pass_probability(good),
        chances=[design.pass_probability(rate) for rate in rates],
    )


def plan(given: TermsIn, sealed: int | None) -> Plan:
    """What the terms take: for each part the fixed design and the typical length of an anytime test."""
    terms = terms_of(given)
    room = 1 - given.target
    rates = [float(rate) for rate in np.linspace(max(0.0, given.target - room), 1.0, 61)]
    parts = []
    for part in terms.parts:
        risk = terms.risk_each / len(terms.parts)
        try:
            design = _design_out(terms.design(part), part.target, part.good, rates)
        except ValueError:
            design = None
        parts.append(
            PlanPart(
                key=part.key,
                title=part.title,
                target=part.target,
                good=part.good,
                design=design,
                typical=sequential_tests.median_sample_size_to_pass(part.target, part.good, risk),
                sealed=sealed if part.key == ALL else None,
            )
        )
    risk = terms.risk_each / len(terms.parts)
    table = []
    chosen = [parts[0].design.errors] if parts[0].design else []
    for errors in sorted({*MISTAKES, *chosen}):
        try:
            design_one = acceptance_sampling.SamplingPlan(
                acceptance_sampling.minimum_sample_size(given.target, risk, errors), errors
            )
        except ValueError:
            break
        table.append(_design_out(design_one, given.target, given.good, rates))
    return Plan(rates=rates, parts=parts, table=table)
