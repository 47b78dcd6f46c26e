"""Errors in MLflow's own shape, as its client reads them; and refusals of MLflow as ours."""

from plateau.http.errors import Conflict

ENDPOINT_NOT_FOUND = ("404 Not Found", "ENDPOINT_NOT_FOUND")
RESOURCE_DOES_NOT_EXIST = ("404 Not Found", "RESOURCE_DOES_NOT_EXIST")
INVALID_PARAMETER_VALUE = ("400 Bad Request", "INVALID_PARAMETER_VALUE")
PERMISSION_DENIED = ("403 Forbidden", "PERMISSION_DENIED")
INVALID_STATE = ("409 Conflict", "INVALID_STATE")
TOO_LARGE = ("413 Content Too Large", "INVALID_STATE")
REQUEST_LIMIT_EXCEEDED = ("429 Too Many Requests", "REQUEST_LIMIT_EXCEEDED")
TEMPORARILY_UNAVAILABLE = ("503 Service Unavailable", "TEMPORARILY_UNAVAILABLE")


class MlflowError(Exception):
    """An error response; the message says why and what to do."""

    def __init__(self, status: str, error_code: str, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = 5 if retry_after is None and status.startswith("503") else retry_after  # seconds
        self.status, self.error_code, self.message = status, error_code, message

    def body(self) -> dict[str, str]:
        """JSON that the client reads."""
        return {"error_code": self.error_code, "message": self.message}


class PolicyViolation(MlflowError):
    """A rule of Plateau forbids it: 409, or 413 where it is too large."""

    def __init__(self, message: str, *, is_conflict: bool = True) -> None:
        super().__init__(*(INVALID_STATE if is_conflict else TOO_LARGE), message)


class MlflowRejected(Conflict):
    """MLflow's own registry rejected a change; its words are the message."""

    code = "mlflow_rejected"
    title = "Rejected by MLflow"
