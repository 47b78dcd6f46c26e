"""What people and other systems are told of snapshots."""

from plateau.notifications.kinds import NotificationKind

SNAPSHOT_CREATED = NotificationKind(
    key="snapshot.created",
    subject="Snapshot created",
    text="Your snapshot (job no. {number}) is ready.",
)
