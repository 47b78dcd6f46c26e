"""How many examples a property test tries."""

import os


def examples(most: int) -> int:
    """A third of `most`, which suits every run of the tests; all of them where PROPERTY_EXAMPLES=1 (`make slow`)."""
    return most if os.environ.get("PROPERTY_EXAMPLES") == "1" else max(8, most // 3)
