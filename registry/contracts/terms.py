"""The terms of a contract as stored, and as read.

What both parties signed is the SHA-256 of title, note and stored terms, so stored terms are never rewritten: those of
earlier releases keep the names that they were signed with, and are read by the table here.
"""

import hashlib
from collections.abc import Mapping

import orjson

from registry.contracts.schemas import TermsIn

# Names of 0.2.0 and before, and what they are called now.
FORMER_NAMES = {
    "good": "expected",
    "accept_risk": "false_accept_risk",
    "refuse_risk": "false_reject_risk",
    "candidates": "max_submissions",
    "fresh": "new_labels_only",
}


def read_terms(stored: Mapping[str, object]) -> TermsIn:
    """Terms as they are stored, by whatever names they were signed with."""
    return TermsIn.model_validate({FORMER_NAMES.get(name, name): value for name, value in stored.items()})


def wording_hash(title: str, note: str, terms: Mapping[str, object]) -> str:
    """SHA-256 (hexadecimal) of what is signed: JSON with sorted keys, `terms` as stored."""
    wording = {"title": title, "note": note, "terms": terms}
    return hashlib.sha256(orjson.dumps(wording, option=orjson.OPT_SORT_KEYS)).hexdigest()
