"""What people and other systems are told of training."""

from plateau.notifications.kinds import NotificationKind

RUN_FINISHED = NotificationKind(
    key="run.finished",
    subject="Training run finished",
    text="Your training run (job no. {number}) is finished.",
)
