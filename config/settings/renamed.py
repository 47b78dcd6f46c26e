"""Environment variables that earlier releases read under other names."""

from collections.abc import Mapping

RENAMED = {
    "WEBHOOK_NETWORKS": "OUTBOUND_NETWORKS",  # 0.1
    "WEB_ROOM": "WEB_QUEUE_CAPACITY",  # 0.2
    "WEB_SLOTS": "WEB_THREADS",  # 0.2
}


def find_former_names(environ: Mapping[str, str]) -> list[str]:
    """What to rename: a former name that is set while the present one is not would be ignored silently.

    Both may be set, as by somebody who may go back to the former release.
    """
    return [
        f"{former} is now {present}"
        for former, present in RENAMED.items()
        if environ.get(former) and present not in environ
    ]
