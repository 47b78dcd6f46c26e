"""What people and other systems are told of training."""

from plateau.notifications.kinds import NotificationKind

RUN_FINISHED = NotificationKind(
    key="run.finished",
    subject={"en": "Training run finished", "ja": "学習が完了しました"},
    text={
        "en": "Your training run (job no. {number}) is finished.",
        "ja": "学習（ジョブ番号 {number}）が完了しました。",
    },
)
