"""Errors of accounts, sign-in and tokens, each with its code."""

from labelkit.messages import Message
from plateau.http.errors import Conflict, InvalidInput, MissingScope, NotFound, NotSignedIn


class SecondFactorRequired(NotSignedIn):
    """The password is right; a second factor must follow."""

    code = "second_factor_required"
    title = "Two-factor code required"


class WrongCredentials(NotSignedIn):
    """The e-mail address or the password is wrong; which of them is not told."""

    code = "wrong_credentials"
    title = "Wrong credentials"


class InvalidToken(NotSignedIn):
    """The token is unknown, expired or revoked."""

    code = "invalid_token"
    title = "Invalid token"


class ScopeBeyondRole(MissingScope):
    """A token grants no scope that its owner's role does not have."""

    code = "scope_beyond_role"
    title = "Scope beyond your role"


class InvalidNetwork(InvalidInput):
    """A network of the allowlist is not written as CIDR."""

    code = "invalid_network"
    title = "Invalid network"


class UnknownRole(InvalidInput):
    """The organization has no role of this key; `GET /roles/` lists those that there are."""

    code = "unknown_role"
    title = "Unknown role"

    def __init__(self, key: str, *, field: str = "role") -> None:
        message = Message(("Your organization has no role “{key}”; `roles/` of the API lists the roles."), key=key)
        super().__init__(message, [{"field": field, "message": message}])


class UnknownScope(InvalidInput):
    """There is no scope of this name."""

    code = "unknown_scope"
    title = "Unknown scope"


class TokenLifetimeTooLong(InvalidInput):
    """The token would live longer than the organization allows."""

    code = "token_lifetime_too_long"
    title = "Token lifetime too long"


class IdentityProviderInvalid(InvalidInput):
    """The OpenID Connect provider cannot be reached, names another issuer, or no client secret is stored."""

    code = "identity_provider_invalid"
    title = "Invalid identity provider"


class WeakPassword(InvalidInput):
    """The password is short, common, like the person's name, or known from a breach."""

    code = "weak_password"
    title = "Weak password"


class InvitationInvalid(NotFound):
    """The invitation was used, has expired or was never made."""

    code = "invitation_invalid"
    title = "Link expired"


class AccountShared(Conflict):
    """The account is also of other organizations: no admin of one of them changes it."""

    code = "account_shared"
    title = "Account of several organizations"


class NotSwitchable(Conflict):
    """The caller's token or session belongs to one organization."""

    code = "not_switchable"
    title = "Organization cannot be switched"


class AccountExists(Conflict):
    """The e-mail address belongs to a member already; or, for whoever accepts an invitation, it has an account."""

    code = "account_exists"
    title = "Account exists"


class EmailNotSetUp(Conflict):
    """This server sends no e-mail."""

    code = "email_not_set_up"
    title = "E-mail not set up"


class AccessClosed(Conflict):
    """The membership is closed."""

    code = "access_closed"
    title = "Member deactivated"


class LastAdministrator(Conflict):
    """Nobody else of the organization could manage its members."""

    code = "last_administrator"
    title = "Last admin"


class OwnErasure(Conflict):
    """Nobody erases themselves."""

    code = "own_erasure"
    title = "Own account"


class WouldLockOutCaller(Conflict):
    """The new sign-in rules would shut out the caller."""

    code = "would_lock_out_caller"
    title = "Lockout prevented"
