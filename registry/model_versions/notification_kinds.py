"""What other systems are told of models."""

from plateau.notifications.kinds import NotificationKind

VERSION_REGISTERED = NotificationKind("version.registered", is_told=False)
ALIAS_MOVED = NotificationKind("alias.moved", is_told=False)
ALIAS_REMOVED = NotificationKind("alias.removed", is_told=False)
