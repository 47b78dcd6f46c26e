"""Drawing up, signing and ending contracts; ordering looks; keeping verdicts."""

import hashlib
from collections.abc import Iterable, Set
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from labelkit.annotations import ANNOTATION_TYPES
from plateau.access.scopes import Actor, Scope, system_actor
from plateau.audit.services import record
from plateau.http.errors import (
    Conflict,
    Invalid,
    PartySigned,
    Refusal,
    SignatureLapsed,
    SignedForBoth,
    WordingChanged,
    WrongParty,
)
from plateau.identity.models import Membership, User
from plateau.jobs import services as jobs
from plateau.jobs.models import Job, JobState, is_unfinished
from plateau.jobs.queries import find_unfinished_jobs
from registry.contracts.job_kinds import JUDGE, LookPayload
from registry.contracts.models import Contract, ContractState, Look, Party, Signature
from registry.contracts.schemas import ContractIn, TermsIn, terms_of
from registry.contracts.verdicts import FAIL, PASS
from registry.model_versions.models import ModelVersion
from registry.model_versions.queries import newest_snapshot
from registry.webhooks.services import announce

# The allowed moves; everything else is refused.
MOVES = {
    ContractState.DRAFT: {ContractState.SIGNED, ContractState.WITHDRAWN},
    ContractState.SIGNED: {ContractState.PASSED, ContractState.FAILED, ContractState.WITHDRAWN},
}


def hash_of(title: str, note: str, terms: dict[str, Any]) -> str:
    """SHA-256 of what is signed."""
    wording = {"title": title, "note": note, "terms": terms}
    return hashlib.sha256(orjson.dumps(wording, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _check(terms: TermsIn) -> None:
    """Refuse terms that no number of items could settle.

    Raises:
        Invalid: more than a million items would be needed.
    """
    mathematical = terms_of(terms)
    for index, part in enumerate(mathematical.parts):
        try:
            mathematical.design(part)
        except ValueError as error:
            field = "terms.target" if index == 0 else f"terms.slices.{index - 1}.target"
            raise Invalid(f"{field}: {error}", [{"field": field, "message": str(error)}]) from error


@transaction.atomic
def draw_up(*, actor: Actor, project_id: int, given: ContractIn) -> Contract:
    """A draft.

    Raises:
        Invalid: terms that need more than a million items.
    """
    _check(given.terms)
    terms = given.terms.model_dump()
    row = Contract.objects.create(
        project_id=project_id,
        title=given.title,
        note=given.note,
        terms=terms,
        terms_hash=hash_of(given.title, given.note, terms),
        created_by_id=actor.user_id or None,
    )
    record(actor=actor, action="contract.drawn_up", subject=row, title=row.title)
    return row


def _locked(contract: Contract) -> Contract:
    return Contract.objects.select_for_update().get(pk=contract.pk)


def _move(row: Contract, to: ContractState) -> None:
    if to not in MOVES.get(ContractState(row.state), set()):
        raise Conflict(f"The contract is {row.state}; it cannot become {to} any more.")
    row.state = to
    if to != ContractState.SIGNED:
        row.closed_at = timezone.now()


@transaction.atomic
def change(*, actor: Actor, contract: Contract, given: ContractIn) -> Contract:
    """Another wording of a draft; signatures on the old wording fall away.

    Raises:
        Conflict: it is signed by both.
        Invalid: see `draw_up`.
    """
    _check(given.terms)
    row = _locked(contract)
    if row.state != ContractState.DRAFT:
        raise Conflict("Both sides have signed. A signed contract is not changed: withdraw it and draw up another.")
    row.title, row.note, row.terms = given.title, given.note, given.terms.model_dump()
    row.terms_hash = hash_of(row.title, row.note, row.terms)
    row.save()
    row.signatures.all().delete()
    record(actor=actor, action="contract.changed", subject=row, terms_hash=row.terms_hash)
    return row


def party_of(scopes: Set[Scope]) -> Party | None:
    """The party that a role signs for: the maker's if it also draws up contracts, else the customer's."""
    if Scope.CONTRACTS_WRITE in scopes:
        return Party.MAKER
    return Party.CUSTOMER if Scope.CONTRACTS_SIGN in scopes else None


_WHO = {
    Party.CUSTOMER: "a member with the customer role",
    Party.MAKER: "a member who may draw up contracts (scientist, manager or admin)",
}


def why_not_sign(*, actor: Actor, contract: Contract, signatures: list[Signature], party: str) -> Refusal | None:
    """Why the caller may not sign for a party now; None where they may.

    It goes by the person, not by the role of the moment: whoever signed for one party, or drew the contract up and
    became a customer since, never signs for the other.
    """
    if contract.state != ContractState.DRAFT:
        return Conflict(f"The contract is {contract.state}; there is nothing to sign.")
    if party_of(actor.role_scopes) != party:
        role = actor.role or "nobody"
        return WrongParty(f"{_WHO[Party(party)].capitalize()} signs for the {party}'s side; your role is {role}.")
    if any(one.party == party for one in signatures):
        return PartySigned("This side has signed already.")
    if any(one.user_id == actor.user_id for one in signatures):
        return SignedForBoth("You have signed for the other side. Somebody else must sign for this one.")
    if party == Party.CUSTOMER and contract.created_by_id == actor.user_id:
        return SignedForBoth("You drew up this contract for the maker's side. Another customer must sign it.")
    return None


def signable_by(actor: Actor, contract: Contract, signatures: list[Signature]) -> Party | None:
    """The party for which the caller may sign now; None where there is none."""
    party = party_of(actor.role_scopes) if actor.may(Scope.CONTRACTS_SIGN) else None
    if party is None or why_not_sign(actor=actor, contract=contract, signatures=signatures, party=party) is not None:
        return None
    return party


def _check_standing(contract: Contract, signatures: list[Signature]) -> None:
    """Hold each signature that is there against the role that its person has now.

    Raises:
        SignatureLapsed: somebody was given another role after signing. Who left the organization keeps their word.
    """
    for one in signatures:
        members = Membership.objects.filter(organization_id=contract.project.organization_id).select_related("role")
        now = members.filter(user_id=one.user_id).first()
        if now is not None and party_of(now.role.granted()) != one.party:
            raise SignatureLapsed(
                f"{one.name} signed for the {one.party} and is {now.role.key} now. Save the terms again, so that the "
                f"signatures fall away; then {_WHO[Party(one.party)]} must sign."
            )


@transaction.atomic
def sign(*, actor: Actor, contract: Contract, party: str, terms_hash: str) -> Contract:
    """Sign for one party; with the second signature the contract is in force.

    Raises:
        WrongParty: the caller's role signs for the other party, or for none.
        PartySigned: the party has signed.
        SignedForBoth: the caller stands on the other side.
        WordingChanged: the wording changed since it was read.
        SignatureLapsed: who signed for the other party has another role since.
        Conflict: it is no draft.
    """
    row = _locked(contract)
    given = list(row.signatures.all())
    refusal = why_not_sign(actor=actor, contract=row, signatures=given, party=party)
    if refusal is not None:
        raise refusal
    if terms_hash != row.terms_hash:
        raise WordingChanged("The wording changed after you opened it. Read it again, then sign.")
    _check_standing(row, given)
    Signature.objects.create(
        contract=row, party=party, user_id=actor.user_id, name=actor.name or actor.email, terms_hash=terms_hash
    )
    record(actor=actor, action="contract.signed", subject=row, party=party, terms_hash=terms_hash)
    if len(given) + 1 == len(Party):
        _move(row, ContractState.SIGNED)
        row.signed_at = timezone.now()
        row.facts = {
            "guideline_version": row.project.guideline_version,
            "schema_version": row.project.schema_version,
            # Said on the report: whoever has seen scores on the sealed split may have chosen by them.
            "judged_before": ModelVersion.objects.filter(project_id=row.project_id).count(),
        }
        row.save()
    return row


@transaction.atomic
def withdraw(*, actor: Actor, contract: Contract, reason: str) -> Contract:
    """End a contract without a verdict; it stays on record.

    Raises:
        Conflict: it has ended.
    """
    row = _locked(contract)
    _move(row, ContractState.WITHDRAWN)
    row.facts = row.facts | {"withdrawn_because": reason}
    row.save()
    record(actor=actor, action="contract.withdrawn", subject=row, reason=reason)
    return row


def offered(looks: Iterable[Look]) -> list[int]:
    """Model versions that were offered, in order; a look that ended without showing anything offered nothing."""
    counted = [one for one in looks if one.verdict or is_unfinished(one.job)]
    return list(dict.fromkeys(one.model_version_id for one in sorted(counted, key=lambda one: one.pk)))


@transaction.atomic
def order_look(*, actor: Actor, contract: Contract, version: ModelVersion) -> Look:
    """Judge a model by a signed contract; a worker does it.

    Raises:
        Conflict: the contract is not in force; a look is under way; no candidate is left; the model has its verdict;
            or there is no ready snapshot.
    """
    row = _locked(contract)
    if not ANNOTATION_TYPES[row.project.kind].is_single_class:
        raise Conflict(
            f"Contracts judge models that give one label to each item; this project is of {row.project.kind}."
        )
    if row.state != ContractState.SIGNED:
        raise Conflict(f"The contract is {row.state}. Only a contract that both sides signed is judged by.")
    if find_unfinished_jobs(JUDGE, contract=row.pk).filter(look__verdict="").exists():
        raise Conflict("A look is being taken. Wait for it.")
    before = offered(Look.objects.filter(contract=row).defer("outcomes", "result").select_related("job"))
    if version.pk not in before and len(before) >= row.terms["candidates"]:
        raise Conflict(f"The contract allows {row.terms['candidates']} models, and they were offered.")
    last = Look.objects.filter(contract=row, model_version=version).exclude(verdict="").order_by("-pk").first()
    if last is not None and last.verdict in (PASS, FAIL):
        raise Conflict("This model has its verdict by this contract.")
    snapshot = newest_snapshot(row.project_id)
    if snapshot is None:
        raise Conflict("There is no ready snapshot. Freeze one first: its sealed side is what models are judged on.")
    look = jobs.submit_with(
        JUDGE,
        row=lambda job: Look.objects.create(
            contract=row, model_version=version, snapshot=snapshot, job=job, created_by_id=actor.user_id or None
        ),
        payload=lambda made: LookPayload(snapshot_id=snapshot.pk, look_id=made.pk),
        actor=actor,
        project_id=row.project_id,
    )
    record(actor=actor, action="contract.look", subject=row, model=version.name, version=version.version)
    return look


@transaction.atomic
def keep_verdict(*, look: Look, outcomes: list[list[Any]], result: dict[str, Any]) -> Look:
    """Write what a look showed, once, and end the contract where it decides.

    Raises:
        Conflict: its job ended before, so that it no longer counts among what was offered.
    """
    contract = _locked(look.contract)
    row = Look.objects.select_for_update().get(pk=look.pk)
    if row.verdict:  # an earlier attempt got through
        return row
    if Job.objects.get(pk=row.job_id).state in (JobState.FAILED, JobState.CANCELLED):
        raise Conflict("The look was cancelled or given up. What it still found does not count; order another look.")
    row.outcomes, row.result, row.verdict, row.judged_at = outcomes, result, result["verdict"], timezone.now()
    row.save()
    if contract.state == ContractState.SIGNED:
        failed = Look.objects.filter(contract=contract, verdict=FAIL).values("model_version").distinct().count()
        if row.verdict == PASS:
            _move(contract, ContractState.PASSED)
        elif failed >= contract.terms["candidates"]:
            _move(contract, ContractState.FAILED)
        contract.save()
    by = system_actor(contract.project.organization_id, row.created_by_id or 0)
    record(actor=by, action="contract.verdict", subject=contract, verdict=row.verdict, look=row.pk)
    announce(
        organization_id=by.organization_id,
        event="contract.verdict",
        body={"contract_id": contract.pk, "project_id": contract.project_id, "verdict": row.verdict, "look_id": row.pk},
    )
    return row


def name_of(user: User | None) -> str:
    """A person's name for a page."""
    return user.name or user.email if user else ""
