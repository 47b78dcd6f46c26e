"""What other systems are told of models."""

from plateau.notifications.kinds import NotificationKind

VERSION_REGISTERED = NotificationKind("version.registered", notifies_people=False)
ALIAS_MOVED = NotificationKind("alias.moved", notifies_people=False)
ALIAS_REMOVED = NotificationKind("alias.removed", notifies_people=False)
