"""What identity refuses."""

from plateau.http.errors import Invalid


class UnknownRole(Invalid):
    """The organization has no role of this key; `GET /roles/` lists those that there are."""

    code = "unknown_role"
    title = "Unknown role"

    def __init__(self, key: str, *, field: str = "role") -> None:
        message = f"There is no role {key!r} in your organization; `roles/` of the API lists them."
        super().__init__(message, [{"field": field, "message": message}])
