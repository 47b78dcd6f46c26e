"""App config."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    """Label: `contracts`."""

    name = "registry.contracts"
    label = "contracts"

    def ready(self) -> None:
        """A passed contract approves of its version; its parties are told what waits for them."""
        from plateau.notifications.kinds import NOTIFICATION_KINDS
        from registry.contracts.approvals import approval_of, contract_uses, contracts_of
        from registry.contracts.notification_kinds import EVALUATED, TO_SIGN
        from registry.model_versions.hooks import ApprovalProvider, approval_providers, use_providers

        NOTIFICATION_KINDS.add(EVALUATED, TO_SIGN)
        use_providers.append(contract_uses)
        approval_providers.append(ApprovalProvider(newest_approval=approval_of, contracts_by_evaluation=contracts_of))
