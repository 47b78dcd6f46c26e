"""App config."""

from django.apps import AppConfig


class AcceptanceConfig(AppConfig):
    """Label: `contracts`."""

    name = "registry.contracts"
    label = "contracts"

    def ready(self) -> None:
        """A passed contract approves of its version."""
        from registry.contracts.approvals import approval_of, contracts_of, uses_of
        from registry.model_versions.hooks import Approval, approvals, users

        users.append(uses_of)
        approvals.append(Approval(of=approval_of, contracts=contracts_of))
