"""What people and other systems are told of imports."""

from plateau.notifications.kinds import NotificationKind

IMPORT_FINISHED = NotificationKind(
    key="import.finished",
    subject="Import finished",
    text="Your import (job no. {number}) is finished.",
)
