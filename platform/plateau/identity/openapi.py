"""How the two ways of signing in read in the OpenAPI document."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer plt_…`."""

    target_class = "plateau.identity.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, object]:
        """HTTP bearer."""
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The browser's session cookie."""

    target_class = "plateau.identity.authentication.MemberSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, object]:
        """A cookie."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
