"""Reading contracts, and sample sizes of terms."""

import numpy as np
from django.db.models import Prefetch

from annotation.projects.models import Project
from plateau.access.scopes import Actor
from plateau.access.visibility import ScopedQuerySet
from plateau.jobs.api import job_out
from registry.contracts.evaluation import ALL
from registry.contracts.models import Contract, ContractEvaluation, Party
from registry.contracts.schemas import (
    ContractEvaluationOut,
    ContractOut,
    EligibleSignersOut,
    PartSampleSizeOut,
    SampleSizeOut,
    SamplingPlanOut,
    SignatureOut,
    SignerOut,
    TermsIn,
    contract_terms,
)
from registry.contracts.services import display_name, eligible_signers, signable_party, submitted_version_ids
from registry.contracts.terms import read_terms
from statkit import acceptance_sampling, sequential_tests

ACCEPTANCE_NUMBERS = (0, 1, 2, 3, 5, 10)


def project_of(actor: Actor, project_id: int, *, active: bool = False) -> Project:
    """The caller's project.

    Raises:
        NotFound: no such project.
        ProjectArchived: an `active` one is asked for, and it is archived.
    """
    rows = Project.objects.visible_to(actor)
    return rows.get_active(pk=project_id) if active else rows.get_or_404(pk=project_id)


def contracts_with_evaluations(actor: Actor) -> ScopedQuerySet[Contract]:
    """Contracts as pages show them, in a constant number of queries; item results are deferred."""
    evaluations = ContractEvaluation.objects.defer("item_results").select_related(
        "model_version", "snapshot", "job", "created_by"
    )
    rows = Contract.objects.visible_to(actor).select_related("project", "created_by")
    return rows.prefetch_related("signatures", "signers__user", Prefetch("evaluations", evaluations.order_by("-pk")))


def evaluation_out(row: ContractEvaluation) -> ContractEvaluationOut:
    """An evaluation on the wire."""
    return ContractEvaluationOut(
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
        created_by=display_name(row.created_by),
        created_at=row.created_at,
        evaluated_at=row.evaluated_at,
    )


def contract_out(actor: Actor, row: Contract) -> ContractOut:
    """A contract as the caller sees it; see `contracts_with_evaluations`."""
    evaluations, signatures = (
        list(row.evaluations.all()),
        sorted(row.signatures.all(), key=lambda signature: signature.pk),
    )
    terms = read_terms(row.terms)
    return ContractOut(
        id=row.pk,
        project_id=row.project_id,
        project=row.project.name,
        title=row.title,
        note=row.note,
        terms=terms,
        terms_hash=row.terms_hash,
        wording={"title": row.title, "note": row.note, "terms": row.terms},
        facts=row.facts,
        state=row.state,
        signers=[
            SignerOut(party=signer.party, user_id=signer.user_id, name=display_name(signer.user))
            for signer in sorted(row.signers.all(), key=lambda signer: signer.pk)
        ],
        signatures=[
            SignatureOut(
                party=signature.party,
                name=signature.name,
                user_id=signature.user_id,
                terms_hash=signature.terms_hash,
                signed_at=signature.signed_at,
            )
            for signature in signatures
        ],
        signable_party=signable_party(actor, row, signatures),
        evaluations=[evaluation_out(evaluation) for evaluation in evaluations],
        submissions_left=terms.max_submissions - len(submitted_version_ids(evaluations)),
        created_by=display_name(row.created_by),
        created_at=row.created_at,
        signed_at=row.signed_at,
        closed_at=row.closed_at,
    )


def contract_detail(actor: Actor, contract_id: int) -> ContractOut:
    """The caller's contract.

    Raises:
        NotFound: no such contract.
    """
    return contract_out(actor, contracts_with_evaluations(actor).get_or_404(pk=contract_id))


def eligible_signers_out(actor: Actor, project: Project) -> EligibleSignersOut:
    """Whom the caller can name for each party of a contract of theirs."""
    eligible = eligible_signers(project.pk, actor.user_id)
    named = {
        party: [SignerOut(party=party, user_id=user.pk, name=display_name(user)) for user in users]
        for party, users in eligible.items()
    }
    return EligibleSignersOut(customers=named[Party.CUSTOMER], makers=named[Party.MAKER])


def _sampling_plan_out(
    plan: acceptance_sampling.SamplingPlan, target: float, expected: float, accuracies: list[float]
) -> SamplingPlanOut:
    return SamplingPlanOut(
        sample_size=plan.sample_size,
        acceptance_number=plan.acceptance_number,
        pass_probability_at_target=plan.pass_probability(target),
        pass_probability_at_expected=plan.pass_probability(expected),
        pass_probabilities=[plan.pass_probability(accuracy) for accuracy in accuracies],
    )


def sample_size(terms_in: TermsIn, held_out_items: int | None) -> SampleSizeOut:
    """For each part, the fixed sampling plan and the median sample size of an anytime test."""
    terms = contract_terms(terms_in)
    lowest = max(0.0, 2 * terms_in.target - 1)
    accuracies = [float(accuracy) for accuracy in np.linspace(lowest, 1.0, 61)]
    parts = []
    for part in terms.parts:
        risk = terms.risk_per_submission / len(terms.parts)
        try:
            plan = _sampling_plan_out(terms.sampling_plan(part), part.target, part.expected, accuracies)
        except ValueError:
            plan = None
        parts.append(
            PartSampleSizeOut(
                key=part.key,
                title=part.title,
                target=part.target,
                expected=part.expected,
                sampling_plan=plan,
                median_sample_size=sequential_tests.median_sample_size_to_pass(part.target, part.expected, risk),
                held_out_items=held_out_items if part.key == ALL else None,
            )
        )
    risk = terms.risk_per_submission / len(terms.parts)
    sampling_plans = []
    chosen = parts[0].sampling_plan
    numbers = {*ACCEPTANCE_NUMBERS, chosen.acceptance_number} if chosen else {*ACCEPTANCE_NUMBERS}
    for acceptance_number in sorted(numbers):
        try:
            alternative = acceptance_sampling.SamplingPlan(
                acceptance_sampling.minimum_sample_size(terms_in.target, risk, acceptance_number), acceptance_number
            )
        except ValueError:
            break
        sampling_plans.append(_sampling_plan_out(alternative, terms_in.target, terms_in.expected, accuracies))
    return SampleSizeOut(accuracies=accuracies, parts=parts, sampling_plans=sampling_plans)
