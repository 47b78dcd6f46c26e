"""Names that actions and subjects had when older events were written.

Stored events are covered by digests and never change: a former name is translated where it is read.
"""

RENAMED_ACTIONS = {
    "assistant.registered": "segmentation_model.registered",
    "assistant.removed": "segmentation_model.deleted",
    "batch.downloaded": "batch_prediction.downloaded",
    "batch.ordered": "batch_prediction.submitted",
    "contract.changed": "contract.updated",
    "contract.drawn_up": "contract.created",
    "contract.look": "contract.evaluation_requested",
    "deployment.changed": "deployment.updated",
    "deployment.made": "deployment.created",
    "deployment.removed": "deployment.deleted",
    "economics.set": "cost_model.set",
    "items.erasure_ordered": "items.erasure_submitted",
    "job.freed": "job.requeued",
    "job.preferred": "job.priority_set",
    "live_plan.set": "learning_curve_schedule.set",
    "member.factors_dropped": "member.second_factors_removed",
    "member.link_made": "member.invited",
    "member.password_chosen": "member.password_reset",
    "member.sign_in_refused": "member.sign_in_failed",
    "model.note_written": "model.description_set",
    "organization.sign_on_dropped": "organization.single_sign_on_deleted",
    "organization.sign_on_set": "organization.single_sign_on_set",
    "project.labels_changed": "project.label_schema_changed",
    "project.rules_changed": "project.queue_settings_changed",
    "replay.ordered": "active_learning_simulation.submitted",
    "run.ordered": "run.submitted",
    "search.ordered": "sweep.submitted",
    "search.stopped": "sweep.stopped",
    "snapshot.ordered": "snapshot.created",
    "seat.changed": "project_membership.changed",
    "study.ordered": "learning_curve.submitted",
    "sweep.ordered": "sweep.submitted",
    "ways.ordered": "ablation.submitted",
    "webhook.added": "webhook.created",
    "webhook.removed": "webhook.deleted",
}

RENAMED_SUBJECTS = {  # labels of models
    "acceptance.contract": "contracts.contract",
    "assistants.assistant": "segmentation_models.segmentationmodel",
    "budget.replay": "learning_curves.activelearningsimulation",
    "budget.study": "learning_curves.learningcurve",
    "budget.ways": "learning_curves.ablation",
    "deployments.batch": "deployments.batchprediction",
    "labeling.seat": "labeling.projectmembership",
    "search.search": "sweeps.sweep",
    "versions.aliasmove": "model_versions.aliaschange",
    "versions.modelversion": "model_versions.modelversion",
}


def register_renames(*, actions: dict[str, str], subjects: dict[str, str]) -> None:
    """Add what an application has renamed: former names to present ones."""
    RENAMED_ACTIONS.update(actions)
    RENAMED_SUBJECTS.update(subjects)


def current_action(stored: str) -> str:
    """The name that an event's action has now."""
    return RENAMED_ACTIONS.get(stored, stored)


def former_actions(prefix: str) -> list[str]:
    """Former names of the actions whose name now begins with `prefix`."""
    return [former for former, current in RENAMED_ACTIONS.items() if current.startswith(prefix)]


def current_subject(stored: str) -> str:
    """The label that an event's subject has now."""
    return RENAMED_SUBJECTS.get(stored, stored)


def former_subjects(subject: str) -> list[str]:
    """Former labels of a subject."""
    return [former for former, current in RENAMED_SUBJECTS.items() if current == subject]
