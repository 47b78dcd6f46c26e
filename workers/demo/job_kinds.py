"""Jobs that fill the demo."""

from dataclasses import dataclass

from plateau.jobs.kinds import JobKind


@dataclass(frozen=True)
class FillPayload:
    """Fill the demo organization."""


@dataclass(frozen=True)
class DemoRunPayload:
    """Deploy a project's first model and send it pictures."""

    project_id: int


DEMO = JobKind("demo", FillPayload, queue="default", subject={"organization": "organization_id"}, title="Sample data")
DEMO_RUN = JobKind("demo-run", DemoRunPayload, queue="default", subject={"project": "project_id"}, title="Live demo")
