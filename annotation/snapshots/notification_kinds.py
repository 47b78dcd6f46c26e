"""What people and other systems are told of snapshots."""

from plateau.notifications.kinds import NotificationKind

SNAPSHOT_CREATED = NotificationKind(
    key="snapshot.created",
    subject={"en": "Snapshot created", "ja": "スナップショットが作成されました"},
    text={
        "en": "Your snapshot (job no. {number}) is ready.",
        "ja": "スナップショット（ジョブ番号 {number}）の準備ができました。",
    },
)
