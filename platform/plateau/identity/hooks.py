"""What other contexts do when a person is erased; each registers itself when Django starts."""

from collections.abc import Callable

WhenErased = Callable[[int], None]
when_erased: list[WhenErased] = []


def person_erased(user_id: int) -> None:
    """Tell everyone to forget what they keep of this person besides answers."""
    for forget in when_erased:
        forget(user_id)
