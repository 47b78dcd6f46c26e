"""App config."""

from plateau.applications import Application


class MeshesConfig(Application):
    """Label: `meshes`."""

    name = "workers.applications.meshes"
    label = "meshes"

    def ready(self) -> None:
        """Register job kinds with their handlers, and what events of 0.2.0 call their actions."""
        from plateau.audit.renamed_actions import register_renames
        from plateau.jobs.kinds import JOB_KINDS
        from workers.applications.meshes.job_kinds import RECONSTRUCT, RENDER, TRAIN
        from workers.runtime import TRAINER

        JOB_KINDS.register(RENDER, handler="workers.applications.meshes.handlers.render_meshes", runs_in=TRAINER)
        JOB_KINDS.register(TRAIN, handler="workers.applications.meshes.handlers.train_network", runs_in=TRAINER)
        JOB_KINDS.register(
            RECONSTRUCT, handler="workers.applications.meshes.handlers.reconstruct_mesh", runs_in=TRAINER
        )
        register_renames(
            actions={
                "collection.created": "mesh_collection.created",
                "collection.things": "mesh_collection.meshes_added",
                "collection.train": "mesh_collection.training_submitted",
            },
            subjects={"shapes.collection": "meshes.meshcollection"},
        )
