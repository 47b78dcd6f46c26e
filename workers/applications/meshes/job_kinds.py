"""Jobs on collections of meshes."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class RenderOrder:
    """Render what has no views yet."""

    collection_id: int


@dataclass(frozen=True)
class LearnOrder:
    """Learn to make meshes from pictures."""

    collection_id: int
    steps: int


@dataclass(frozen=True)
class MakeOrder:
    """Make the mesh of a picture."""

    collection_id: int
    made_id: int


_SUBJECT = {"collection": "payload__collection_id"}
RENDER = JobKind("shapes-render", RenderOrder, queue="cpu", subject=_SUBJECT)
LEARN = JobKind("shapes-train", LearnOrder, queue="cpu", subject=_SUBJECT)
MAKE = JobKind("shapes-predict", MakeOrder, queue="cpu", subject=_SUBJECT)
