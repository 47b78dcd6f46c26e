"""Creating, signing and ending contracts; evaluating models by them."""

from collections.abc import Iterable, Sequence, Set
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelkit.messages import Message
from plateau.access.scopes import Actor, Scope, system_actor
from plateau.access.visibility import current_reach_rules
from plateau.audit.services import record
from plateau.http.errors import APIError
from plateau.identity.models import Membership, User
from plateau.jobs import services as jobs
from plateau.jobs.models import Job, JobState, is_unfinished
from plateau.jobs.queries import find_unfinished_jobs
from registry.contracts.errors import (
    ContractEnded,
    ContractEvaluationInProgress,
    ContractNotDraft,
    ContractNotInForce,
    EvaluationAbandoned,
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
from registry.contracts.evaluation import FAIL, PASS, StoredItemResult
from registry.contracts.job_kinds import EVALUATE_CONTRACT, EvaluateContractPayload
from registry.contracts.models import Contract, ContractEvaluation, ContractState, Party, Signature, Signer
from registry.contracts.notification_kinds import tell_evaluated, tell_to_sign
from registry.contracts.schemas import ContractIn, TermsIn, contract_terms
from registry.contracts.terms import read_terms, wording_hash
from registry.model_versions.errors import NoReadySnapshot
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import newest_snapshot

# Allowed transitions.
MOVES = {
    ContractState.DRAFT: {ContractState.SIGNED, ContractState.WITHDRAWN},
    ContractState.SIGNED: {ContractState.PASSED, ContractState.FAILED, ContractState.WITHDRAWN},
}


def _check_feasible(terms: TermsIn) -> None:
    """Refuse terms that no feasible number of items could decide.

    Raises:
        TermsNotDecidable: more than a million items would be needed.
    """
    contract = contract_terms(terms)
    for index, part in enumerate(contract.parts):
        try:
            contract.sampling_plan(part)
        except ValueError as error:
            field = "terms.target" if index == 0 else f"terms.slices.{index - 1}.target"
            raise TermsNotDecidable.in_field(field, str(error)) from error


@transaction.atomic
def create_contract(*, actor: Actor, project_id: int, draft: ContractIn) -> Contract:
    """Create a draft.

    Raises:
        TermsNotDecidable: terms that need more than a million items.
        SignerNotEligible: see `eligible_signers`; or somebody is named for both parties.
    """
    _check_feasible(draft.terms)
    terms = draft.terms.model_dump()
    row = Contract.objects.create(
        project_id=project_id,
        title=draft.title,
        note=draft.note,
        terms=terms,
        terms_hash=wording_hash(draft.title, draft.note, terms),
        created_by_id=actor.user_id or None,
    )
    _name_signers(row, draft)
    record(actor=actor, action="contract.created", subject=row, title=row.title, **_named(draft))
    tell_to_sign(actor=actor, contract=row, party=Party.CUSTOMER)
    return row


def _lock(contract: Contract) -> Contract:
    return Contract.objects.select_for_update().get(pk=contract.pk)


def _move(row: Contract, to: ContractState) -> None:
    if to not in MOVES.get(ContractState(row.state), set()):
        raise ContractEnded(
            Message("The contract has the state {state}; it cannot change to {to}.", state=row.state, to=to)
        )
    row.state = to
    if to != ContractState.SIGNED:
        row.closed_at = timezone.now()


@transaction.atomic
def update_contract(*, actor: Actor, contract: Contract, draft: ContractIn) -> Contract:
    """Another wording of a draft; signatures on the old wording fall away.

    Raises:
        ContractNotDraft: both parties signed it, or it ended.
        TermsNotDecidable, SignerNotEligible: see `create_contract`.
    """
    _check_feasible(draft.terms)
    row = _lock(contract)
    if row.state != ContractState.DRAFT:
        raise ContractNotDraft(
            Message(
                "The contract has the state {state}; only drafts can be changed. Withdraw it and "
                "create a new contract.",
                state=row.state,
            )
        )
    row.title, row.note, row.terms = draft.title, draft.note, draft.terms.model_dump()
    row.terms_hash = wording_hash(row.title, row.note, row.terms)
    row.save()
    row.signatures.all().delete()
    row.signers.all().delete()
    _name_signers(row, draft)
    record(actor=actor, action="contract.updated", subject=row, terms_hash=row.terms_hash, **_named(draft))
    return row


def eligible_signers(project_id: int, creator_id: int | None) -> dict[Party, list[User]]:
    """Who reaches the project and can be named, by their role: for the customer never who drew the contract up."""
    members = Membership.objects.filter(pk__in=current_reach_rules().members(project_id), is_active=True)
    members = members.select_related("role", "user")
    eligible: dict[Party, list[User]] = {party: [] for party in Party}
    for member in members.order_by("user__name", "user_id"):
        party = party_of(member.role.granted())
        if party is not None and not (party == Party.CUSTOMER and member.user_id == creator_id):
            eligible[party].append(member.user)
    return eligible


def _named(draft: ContractIn) -> dict[str, list[int]]:
    return {"customers": sorted(set(draft.customer_ids)), "makers": sorted(set(draft.maker_ids))}


def _name_signers(row: Contract, draft: ContractIn) -> None:
    named = {Party.CUSTOMER: ("customer_ids", draft.customer_ids), Party.MAKER: ("maker_ids", draft.maker_ids)}
    if set(draft.customer_ids) & set(draft.maker_ids):
        raise SignerNotEligible.in_field("maker_ids", "Nobody signs for both parties.")
    eligible = eligible_signers(row.project_id, row.created_by_id)
    for party, (field, user_ids) in named.items():
        users = {user.pk for user in eligible[party]}
        for index, user_id in enumerate(user_ids):
            if user_id not in users:
                raise SignerNotEligible.in_field(
                    f"{field}.{index}",
                    Message("{role_of_party} signs for the {party}.", role_of_party=_SIGNERS[party], party=party),
                )
        Signer.objects.bulk_create(
            Signer(contract=row, party=party, user_id=user_id) for user_id in sorted(set(user_ids))
        )


def party_of(scopes: Set[Scope]) -> Party | None:
    """The party that a role signs for: the maker's if it may also create contracts, else the customer's."""
    if Scope.CONTRACTS_WRITE in scopes:
        return Party.MAKER
    return Party.CUSTOMER if Scope.CONTRACTS_SIGN in scopes else None


_SIGNERS = {
    Party.CUSTOMER: "a member with the customer role",
    Party.MAKER: "a member who may create contracts (scientist, manager or admin)",
}


def signing_error(*, actor: Actor, contract: Contract, signatures: list[Signature], party: str) -> APIError | None:
    """Why the caller may not sign for a party now; None where they may.

    It goes by the person who was named, not by the role of the moment alone: whoever signed for one party, or created
    the contract and became a customer since, never signs for the other.
    """
    if contract.state != ContractState.DRAFT:
        return ContractNotDraft(
            Message(("The contract has the state {state}; there is nothing to sign."), state=contract.state)
        )
    if party_of(actor.role_scopes) != party:
        role = actor.role or "nobody"
        return WrongParty(
            Message(
                "{role_of_party} signs for the {party}; your role is {role}.",
                role_of_party=_SIGNERS[Party(party)].capitalize(),
                party=party,
                role=role,
            )
        )
    if party not in {signer.party for signer in contract.signers.all() if signer.user_id == actor.user_id}:
        return WrongParty(
            Message("You are not named to sign for the {party} in this contract.", party=party),
        )
    if any(signature.party == party for signature in signatures):
        return PartySigned("This party has already signed.")
    if any(signature.user_id == actor.user_id for signature in signatures):
        return SignedForBoth("You have signed for the other party. Somebody else must sign for this one.")
    if party == Party.CUSTOMER and contract.created_by_id == actor.user_id:
        return SignedForBoth("You created this contract for the provider. Another customer must sign it.")
    return None


def signable_party(actor: Actor, contract: Contract, signatures: list[Signature]) -> Party | None:
    """The party for which the caller may sign now; None where there is none."""
    party = party_of(actor.role_scopes) if actor.may(Scope.CONTRACTS_SIGN) else None
    if party is None or signing_error(actor=actor, contract=contract, signatures=signatures, party=party) is not None:
        return None
    return party


def _check_signatures_stand(contract: Contract, signatures: list[Signature]) -> None:
    """Hold each signature that is there against the role that its person has now.

    Raises:
        SignatureLapsed: somebody was given another role after signing. Who left the organization keeps their word.
    """
    for signature in signatures:
        members = Membership.objects.filter(organization_id=contract.project.organization_id).select_related("role")
        membership = members.filter(user_id=signature.user_id).first()
        if membership is not None and party_of(membership.role.granted()) != signature.party:
            raise SignatureLapsed(
                Message(
                    "{name} signed for the {party} but now has the role {key}. Save the terms again "
                    "to clear the signatures; then {signers} must sign.",
                    name=signature.name,
                    party=signature.party,
                    key=membership.role.key,
                    signers=_SIGNERS[Party(signature.party)],
                )
            )


@transaction.atomic
def sign_contract(*, actor: Actor, contract: Contract, party: str, terms_hash: str) -> Contract:
    """Sign for one party; with the second signature the contract is in force.

    Raises:
        WrongParty: the caller is not named for the party, or their role signs for the other one, or for none.
        PartySigned: the party has signed.
        SignedForBoth: the caller stands on the other side.
        WordingChanged: the wording changed since it was read.
        SignatureLapsed: who signed for the other party has another role since.
        ContractNotDraft: it is signed by both, or ended.
    """
    row = _lock(contract)
    signatures = list(row.signatures.all())
    error = signing_error(actor=actor, contract=row, signatures=signatures, party=party)
    if error is not None:
        raise error
    if terms_hash != row.terms_hash:
        raise WordingChanged("The terms changed after you opened them. Read them again, then sign.")
    _check_signatures_stand(row, signatures)
    Signature.objects.create(
        contract=row, party=party, user_id=actor.user_id, name=actor.name or actor.email, terms_hash=terms_hash
    )
    record(actor=actor, action="contract.signed", subject=row, party=party, terms_hash=terms_hash)
    if not signatures:
        other = Party.MAKER if party == Party.CUSTOMER else Party.CUSTOMER
        tell_to_sign(actor=actor, contract=row, party=other)
    if len(signatures) + 1 == len(Party):
        _move(row, ContractState.SIGNED)
        row.signed_at = timezone.now()
        row.facts = {
            "guideline_version": row.project.guideline_version,
            "schema_version": row.project.schema_version,
            # For the report: whoever has seen scores on the held-out test set may have chosen by them.
            "versions_evaluated_before": ModelVersion.objects.filter(project_id=row.project_id).count(),
        }
        row.save()
    return row


@transaction.atomic
def withdraw_contract(*, actor: Actor, contract: Contract, reason: str) -> Contract:
    """End a contract without a verdict; it stays on record.

    Raises:
        ContractEnded: it has ended.
    """
    row = _lock(contract)
    _move(row, ContractState.WITHDRAWN)
    row.facts = row.facts | {"withdrawal_reason": reason}
    row.save()
    record(actor=actor, action="contract.withdrawn", subject=row, reason=reason)
    return row


def submitted_version_ids(evaluations: Iterable[ContractEvaluation]) -> list[int]:
    """Model versions that were submitted, in order; an evaluation that ended without a result submitted nothing."""
    counted = [evaluation for evaluation in evaluations if evaluation.verdict or is_unfinished(evaluation.job)]
    return list(
        dict.fromkeys(
            evaluation.model_version_id for evaluation in sorted(counted, key=lambda evaluation: evaluation.pk)
        )
    )


@transaction.atomic
def request_evaluation(*, actor: Actor, contract: Contract, version: ModelVersion) -> ContractEvaluation:
    """Submit a model to a signed contract; a worker evaluates it.

    Raises:
        ProjectTypeHasNoContracts: the project does not give one label to each item.
        ContractNotInForce: it is a draft, or has ended.
        ContractEvaluationInProgress: an evaluation is under way.
        NoSubmissionsLeft: as many models were submitted as agreed.
        VerdictGiven: the model has passed or failed by this contract.
        NoReadySnapshot: there is no ready snapshot.
    """
    row = _lock(contract)
    if not row.project.annotation_type.is_single_class:
        raise ProjectTypeHasNoContracts(
            Message(
                ("Contracts evaluate models that give one label to each item; this project has the type {kind}."),
                kind=row.project.kind,
            )
        )
    if row.state != ContractState.SIGNED:
        raise ContractNotInForce(
            Message(
                ("The contract has the state {state}. Models are evaluated once both parties have signed."),
                state=row.state,
            )
        )
    if find_unfinished_jobs(EVALUATE_CONTRACT, contract=row.pk).filter(contract_evaluation__verdict="").exists():
        raise ContractEvaluationInProgress("A model is being evaluated under this contract. Wait for the result.")
    submitted = submitted_version_ids(
        ContractEvaluation.objects.filter(contract=row).defer("item_results", "result").select_related("job")
    )
    allowed = read_terms(row.terms).max_submissions
    if version.pk not in submitted and len(submitted) >= allowed:
        raise NoSubmissionsLeft(Message("All submissions of this contract are used ({allowed}).", allowed=allowed))
    last = (
        ContractEvaluation.objects.filter(contract=row, model_version=version)
        .exclude(verdict="")
        .order_by("-pk")
        .first()
    )
    if last is not None and last.verdict in (PASS, FAIL):
        raise VerdictGiven("This model already has a verdict under this contract.")
    snapshot = newest_snapshot(row.project_id)
    if snapshot is None:
        raise NoReadySnapshot("No snapshot is ready. Create one first: models are evaluated on its held-out test set.")
    evaluation = jobs.submit_with(
        EVALUATE_CONTRACT,
        row=lambda job: ContractEvaluation.objects.create(
            contract=row, model_version=version, snapshot=snapshot, job=job, created_by_id=actor.user_id or None
        ),
        payload=lambda evaluation: EvaluateContractPayload(snapshot_id=snapshot.pk, evaluation_id=evaluation.pk),
        actor=actor,
        project_id=row.project_id,
    )
    record(
        actor=actor, action="contract.evaluation_requested", subject=row, model=version.name, version=version.version
    )
    return evaluation


@transaction.atomic
def save_evaluation(
    *, evaluation: ContractEvaluation, item_results: Sequence[StoredItemResult], result: dict[str, Any]
) -> ContractEvaluation:
    """Save the result of an evaluation, once, and end the contract where it decides.

    Raises:
        EvaluationAbandoned: its job ended before, so that it does not count as a submission.
    """
    contract = _lock(evaluation.contract)
    row = ContractEvaluation.objects.select_for_update().get(pk=evaluation.pk)
    if row.verdict:  # an earlier attempt got through
        return row
    if Job.objects.get(pk=row.job_id).state in (JobState.FAILED, JobState.CANCELLED):
        raise EvaluationAbandoned(
            "The job of this evaluation was cancelled or failed, and a late result does not count. Evaluate again."
        )
    row.item_results, row.result, row.verdict, row.evaluated_at = (
        item_results,
        result,
        result["verdict"],
        timezone.now(),
    )
    row.save()
    if contract.state == ContractState.SIGNED:
        failed = (
            ContractEvaluation.objects.filter(contract=contract, verdict=FAIL)
            .values("model_version")
            .distinct()
            .count()
        )
        if row.verdict == PASS:
            _move(contract, ContractState.PASSED)
        elif failed >= read_terms(contract.terms).max_submissions:
            _move(contract, ContractState.FAILED)
        contract.save()
    by = system_actor(contract.project.organization_id, row.created_by_id or 0)
    record(actor=by, action="contract.verdict", subject=contract, verdict=row.verdict, evaluation_id=row.pk)
    tell_evaluated(contract=contract, verdict=row.verdict, evaluation_id=row.pk)
    return row


def display_name(user: User | None) -> str:
    """Name of a person, or the email where there is none; empty for nobody."""
    return user.name or user.email if user else ""
