"""Jobs on mesh collections."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class RenderPayload:
    """Render every mesh that has no views."""

    collection_id: int


@dataclass(frozen=True)
class TrainNetworkPayload:
    """Train a network that makes meshes of images, for so many optimizer steps."""

    collection_id: int
    steps: int


@dataclass(frozen=True)
class ReconstructPayload:
    """Reconstruct the mesh of an image."""

    collection_id: int
    result_id: int


_SUBJECT = {"collection": "payload__collection_id"}
RENDER = JobKind("mesh-render", RenderPayload, queue="cpu", subject=_SUBJECT, title="Image rendering")
TRAIN = JobKind("mesh-train", TrainNetworkPayload, queue="cpu", subject=_SUBJECT, title="3D reconstruction training")
RECONSTRUCT = JobKind("mesh-reconstruct", ReconstructPayload, queue="cpu", subject=_SUBJECT, title="3D reconstruction")
