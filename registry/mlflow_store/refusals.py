"""How the door says no: in MLflow's own error shape."""

NOT_FOUND = ("404 Not Found", "ENDPOINT_NOT_FOUND")
NO_SUCH = ("404 Not Found", "RESOURCE_DOES_NOT_EXIST")
BAD = ("400 Bad Request", "INVALID_PARAMETER_VALUE")
FORBIDDEN = ("403 Forbidden", "PERMISSION_DENIED")
IN_USE = ("409 Conflict", "INVALID_STATE")
TOO_LARGE = ("413 Content Too Large", "INVALID_STATE")
AWAY = ("503 Service Unavailable", "TEMPORARILY_UNAVAILABLE")


class Refused(Exception):
    """A refusal; the message says why and what to do."""

    def __init__(self, status: str, error_code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error_code, self.message = status, error_code, message

    def body(self) -> dict[str, str]:
        """What the client reads."""
        return {"error_code": self.error_code, "message": self.message}


class NotAllowed(Refused):
    """Plateau's own rules are against it."""

    def __init__(self, message: str, *, conflict: bool = True) -> None:
        super().__init__(*(IN_USE if conflict else TOO_LARGE), message)
