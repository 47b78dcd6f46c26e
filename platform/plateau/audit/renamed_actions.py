"""Names that actions had when older events were written.

Stored events are covered by digests and never change: an old name is translated where it is read.
"""

RENAMED_ACTIONS = {
    "member.link_made": "member.invited",
    "member.factors_dropped": "member.second_factors_removed",
    "member.password_chosen": "member.password_reset",
    "member.sign_in_refused": "member.sign_in_failed",
    "organization.sign_on_set": "organization.single_sign_on_set",
    "organization.sign_on_dropped": "organization.single_sign_on_deleted",
    "job.freed": "job.requeued",
    "job.preferred": "job.priority_set",
}


def current_action(stored: str) -> str:
    """The name that an event's action has now."""
    return RENAMED_ACTIONS.get(stored, stored)


def former_actions(prefix: str) -> list[str]:
    """Former names of the actions whose name now begins with `prefix`."""
    return [former for former, current in RENAMED_ACTIONS.items() if current.startswith(prefix)]
