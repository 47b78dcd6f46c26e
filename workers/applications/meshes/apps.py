"""App config."""

from plateau.applications import Application


class ShapesConfig(Application):
    """Label: `meshes`."""

    name = "workers.applications.meshes"
    label = "meshes"

    def ready(self) -> None:
        """Name what runs the jobs."""
        from plateau.jobs.kinds import JOB_KINDS
        from workers.applications.meshes.job_kinds import LEARN, MAKE, RENDER
        from workers.runtime import TRAINER

        JOB_KINDS.register(RENDER, handler="workers.applications.meshes.handlers.render", runs_in=TRAINER)
        JOB_KINDS.register(LEARN, handler="workers.applications.meshes.handlers.learn", runs_in=TRAINER)
        JOB_KINDS.register(MAKE, handler="workers.applications.meshes.handlers.make", runs_in=TRAINER)
