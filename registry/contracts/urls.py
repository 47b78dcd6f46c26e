"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.contracts import api

urlpatterns = [
    path("contracts/", api.ContractList.as_view(), name="contract-list"),
    path("contracts/plan/", api.ContractPlan.as_view(), name="contract-plan"),
    path("projects/<int:project_id>/contracts/", api.ProjectContracts.as_view(), name="project-contracts"),
    path("contracts/<int:contract_id>/", api.ContractOne.as_view(), name="contract-detail"),
    path("contracts/<int:contract_id>/sign/", api.ContractSign.as_view(), name="contract-sign"),
    path("contracts/<int:contract_id>/withdraw/", api.ContractWithdraw.as_view(), name="contract-withdraw"),
    path("contracts/<int:contract_id>/looks/", api.ContractLooks.as_view(), name="contract-looks"),
    path("contracts/<int:contract_id>/report/", api.ContractReport.as_view(), name="contract-report"),
    path("looks/<int:look_id>/outcomes/", api.LookOutcomes.as_view(), name="look-outcomes"),
]
