"""What projects and teams refuse."""

from labelkit.messages import Message, in_field
from plateau.http.errors import APIError, Conflict, InvalidInput, MissingScope


class ProjectNameTaken(Conflict):
    """The organization has a project of this name, maybe an archived one."""

    code = "project_name_taken"
    title = "Name already in use"

    def __init__(self, name: str, *, is_archived: bool) -> None:
        if is_archived:
            message = Message(("An archived project is named “{name}”. Restore it, or choose another name."), name=name)
        else:
            message = Message("A project named “{name}” already exists.", name=name)
        super().__init__(message)


class ProjectNotArchived(Conflict):
    """There is nothing to restore."""

    code = "project_not_archived"
    title = "Not archived"

    def __init__(self) -> None:
        super().__init__("This project is not archived.")


class LabelInUse(Conflict):
    """Annotations have a label that the next version of the schema is without."""

    code = "label_in_use"
    title = "Label in use"

    def __init__(self, label: str) -> None:
        super().__init__(
            Message(
                "Annotations use the label “{label}”, so it cannot simply be removed. Rename it, or "
                "name its replacement in `moves`.",
                label=label,
            )
        )


class TeamNameTaken(Conflict):
    """The organization has a team of this name."""

    code = "team_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("A team named “{name}” already exists.", name=name))


class NotAMember(InvalidInput):
    """Somebody who is to be in a team is not in the organization."""

    code = "not_a_member"
    title = "Not a member"

    def __init__(self, user_id: int) -> None:
        message = Message("{user_id} is not a member of your organization", user_id=user_id)
        super().__init__(in_field("members", message), [{"field": "members", "message": message}])


class SavedViewNameTaken(Conflict):
    """The person has a view of this name on the list."""

    code = "saved_view_name_taken"
    title = "Name already in use"

    def __init__(self, name: str) -> None:
        super().__init__(Message("A view named “{name}” already exists.", name=name))


class TooManySavedViews(Conflict):
    """A person keeps a limited number of views."""

    code = "too_many_saved_views"
    title = "Too many saved views"

    def __init__(self, limit: int) -> None:
        super().__init__(
            Message("The maximum number of saved views is {limit}. Delete one first.", limit=limit), limit=limit
        )


class NotYourView(APIError):
    """A view of somebody else is used, not changed; and who manages projects shares views."""

    status = 403
    code = "not_your_view"
    title = "Not allowed"

    def __init__(self) -> None:
        super().__init__("Only its owner and managers can change a shared view, and only managers can share one.")


class DatasetAlreadyAdded(Conflict):
    """The project labels the items of this dataset already."""

    code = "dataset_already_added"
    title = "Added already"

    def __init__(self, name: str) -> None:
        super().__init__(Message("The project already labels the items of “{name}”.", name=name))


class TeamOfOthers(MissingScope):
    """The team is assigned to a project that the caller is no member of; who changes the team changes its members."""

    code = "team_of_others"
    title = "Team of another project"

    def __init__(self) -> None:
        super().__init__("This team is assigned to a project that you are not a member of. Ask an admin.")
