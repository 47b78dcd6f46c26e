"""The base of every API view: who asks, what for, and what comes back."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from plateau.access.permissions import actor_of
from plateau.access.recording import begin_call, record_call_if_unrecorded
from plateau.access.scopes import Actor, Scope
from plateau.http.etags import Editable
from plateau.http.query import reject_unknown_parameters
from plateau.http.rendering import MAX_BODY_BYTES


class Endpoint(APIView):
    """A thin view. `scopes` maps each method to what it needs; parameters that `document` does not name are refused.

    `unrecorded` maps methods that leave no row in the audit log to the reason; see `recording`.
    """

    scopes: ClassVar[dict[str, Scope | None]] = {}
    unrecorded: ClassVar[dict[str, str]] = {}
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES  # of a JSON body

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Refuse who may not, then what is not known.

        Raises:
            UnknownParameter: the query has a parameter that this method does not know.
        """
        begin_call()
        super().initial(request, *args, **kwargs)
        if request.query_params:
            method = getattr(self, str(request.method).lower(), None)
            reject_unknown_parameters(request, getattr(method, "query_parameters", ()))

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """The same, with the `ETag` of what can be edited."""
        data = getattr(response, "data", None)
        if type(data) is not dict and isinstance(data, Editable):  # the first is quick; pydantic's own look is not
            response["ETag"] = f'"{data.etag}"'
        method = request.method or ""
        has_result = response.status_code < 300 or response.status_code == 302
        is_recorded = method != "GET" or not isinstance(response, Response)  # a file
        if has_result and is_recorded and method not in self.unrecorded and isinstance(request.auth, Actor):
            match = request.resolver_match
            record_call_if_unrecorded(request.auth, method, str(match.url_name) if match else "", kwargs)
        return super().finalize_response(request, response, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        """The caller."""
        return actor_of(self.request)
