"""Errors of contracts."""

from plateau.http.errors import Conflict, InvalidInput


class TermsNotDecidable(InvalidInput):
    """More than a million items would be needed to decide the terms."""

    code = "terms_not_decidable"
    title = "Terms not decidable"


class SignerNotEligible(InvalidInput):
    """Somebody is named for a party who cannot sign for it, or for both."""

    code = "signer_not_eligible"
    title = "Signer not eligible"


class WrongParty(Conflict):
    """The caller is not named for the party, or their role signs for the other one, or for none."""

    code = "wrong_party"
    title = "Wrong party"


class PartySigned(Conflict):
    """The party has signed this wording already."""

    code = "party_signed"
    title = "Already signed"


class SignedForBoth(Conflict):
    """The caller stands on the other side of the contract: signed for it, or created the contract."""

    code = "signed_for_both"
    title = "Same person for both parties"


class SignatureLapsed(Conflict):
    """Who signed for the other party has another role since."""

    code = "signature_lapsed"
    title = "Signature lapsed"


class WordingChanged(Conflict):
    """The wording is no longer what was read."""

    code = "wording_changed"
    title = "Terms changed"


class ContractNotDraft(Conflict):
    """The contract is signed, or has ended: its wording is fixed."""

    code = "contract_not_draft"
    title = "Not a draft"


class ContractEnded(Conflict):
    """The contract has passed, failed or been withdrawn."""

    code = "contract_ended"
    title = "Contract ended"


class ContractNotInForce(Conflict):
    """Models are evaluated by contracts that both parties signed and that have not ended."""

    code = "contract_not_in_force"
    title = "Not in force"


class ProjectTypeHasNoContracts(Conflict):
    """The project does not give one label to each item."""

    code = "project_type_has_no_contracts"
    title = "Contracts not supported"


class ContractEvaluationInProgress(Conflict):
    """Another evaluation by this contract is queued or running."""

    code = "contract_evaluation_in_progress"
    title = "Evaluation in progress"


class NoSubmissionsLeft(Conflict):
    """As many models were submitted as the contract allows."""

    code = "no_submissions_left"
    title = "No submissions left"


class VerdictGiven(Conflict):
    """The model has passed or failed by this contract."""

    code = "verdict_given"
    title = "Verdict already given"


class EvaluationAbandoned(Conflict):
    """The job of the evaluation was cancelled or failed before its result came."""

    code = "evaluation_abandoned"
    title = "Evaluation abandoned"
