"""Addresses below `/api/v1/`."""

from django.urls import path

from plateau.identity import api

urlpatterns = [
    path("session/", api.SessionView.as_view(), name="session"),
    path("password-reset/", api.PasswordResetView.as_view(), name="password-reset"),
    path("password-reset/confirm/", api.PasswordResetConfirmView.as_view(), name="password-reset-confirm"),
    path("session/sso/", api.SingleSignOnView.as_view(), name="session-sso"),
    path("sessions/", api.SessionList.as_view(), name="session-list"),
    path("sessions/<str:session_id>/", api.SessionDetail.as_view(), name="session-detail"),
    path("me/", api.Me.as_view(), name="me"),
    path("me/organization/", api.OwnOrganization.as_view(), name="me-organization"),
    path("me/invitations/accept/", api.InvitationAcceptance.as_view(), name="me-invitation-accept"),
    path("roles/", api.RoleList.as_view(), name="role-list"),
    path("members/", api.MemberList.as_view(), name="member-list"),
    path("members/<int:member_id>/", api.MemberDetail.as_view(), name="member-detail"),
    path("members/<int:member_id>/erase/", api.MemberErasure.as_view(), name="member-erase"),
    path("members/<int:member_id>/invitation/", api.MemberInvitation.as_view(), name="member-invitation"),
    path("members/<int:member_id>/factors/", api.MemberFactors.as_view(), name="member-factors"),
    path("members/<int:member_id>/sessions/", api.MemberSessions.as_view(), name="member-sessions"),
    path("members/<int:member_id>/tokens/", api.MemberTokens.as_view(), name="member-tokens"),
    path("organization/tokens/", api.OrganizationTokenList.as_view(), name="organization-token-list"),
    path(
        "organization/tokens/<int:token_id>/", api.OrganizationTokenDetail.as_view(), name="organization-token-detail"
    ),
    path("organization/security/", api.OrganizationSecurity.as_view(), name="organization-security"),
    path("organization/single-sign-on/", api.OrganizationSingleSignOn.as_view(), name="organization-single-sign-on"),
    path("tokens/", api.TokenList.as_view(), name="token-list"),
    path("tokens/<int:token_id>/", api.TokenDetail.as_view(), name="token-detail"),
]
