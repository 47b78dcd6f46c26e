"""App config."""

from plateau.applications import Application


class ShapesConfig(Application):
    """Label: `shapes`."""

    name = "workers.applications.meshes"
    label = "shapes"

    def ready(self) -> None:
        """Name what runs the jobs."""
        from plateau.jobs.handlers import register
        from workers.runtime.supervise import run_trainer

        for kind in ("shapes-render", "shapes-train", "shapes-predict"):
            register(kind, run_trainer)
