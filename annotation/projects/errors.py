"""What projects and teams refuse."""

from plateau.http.errors import APIError, Conflict, InvalidInput


class ProjectNameTaken(Conflict):
    """The organization has a project of this name, maybe an archived one."""

    code = "project_name_taken"
    title = "Name taken"

    def __init__(self, name: str, *, is_archived: bool) -> None:
        where = " It is archived: restore it, or choose another name." if is_archived else ""
        super().__init__(f"There is a project named “{name}” already.{where}")


class ProjectNotArchived(Conflict):
    """There is nothing to restore."""

    code = "project_not_archived"
    title = "Not archived"

    def __init__(self) -> None:
        super().__init__("This project is not archived.")


class LabelInUse(Conflict):
    """Annotations have a label that the next version of the schema is without."""

    code = "label_in_use"
    title = "The label is in use"

    def __init__(self, label: str) -> None:
        super().__init__(
            f"Annotations have the label {label!r}, so it cannot just be removed. Rename it, or say in `moves` which "
            "label takes its place."
        )


class TeamNameTaken(Conflict):
    """The organization has a team of this name."""

    code = "team_name_taken"
    title = "Name taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a team named “{name}” already.")


class NotAMember(InvalidInput):
    """Somebody who is to be in a team is not in the organization."""

    code = "not_a_member"
    title = "Not a member"

    def __init__(self, user_id: int) -> None:
        message = f"{user_id} is no member of your organization"
        super().__init__(f"members: {message}", [{"field": "members", "message": message}])


class SavedViewNameTaken(Conflict):
    """The person has a view of this name on the list."""

    code = "saved_view_name_taken"
    title = "Name taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a view named “{name}” already.")


class TooManySavedViews(Conflict):
    """A person keeps a limited number of views."""

    code = "too_many_saved_views"
    title = "Too many saved views"

    def __init__(self, limit: int) -> None:
        super().__init__(f"You have {limit} saved views. Delete one first.", limit=limit)


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
        super().__init__(f"The project labels the items of “{name}” already.")
