"""What people and other systems are told of imports."""

from plateau.notifications.kinds import NotificationKind

IMPORT_FINISHED = NotificationKind(
    key="import.finished",
    subject={"en": "Import finished", "ja": "インポートが完了しました"},
    text={
        "en": "Your import (job no. {number}) is finished.",
        "ja": "インポート（ジョブ番号 {number}）が完了しました。",
    },
)
