"""Addresses below `/api/v1/`."""

from django.urls import path

from registry.contracts import api

urlpatterns = [
    path("contracts/", api.ContractList.as_view(), name="contract-list"),
    path("contracts/sample-size/", api.ContractSampleSize.as_view(), name="contract-sample-size"),
    path("projects/<int:project_id>/contracts/", api.ProjectContracts.as_view(), name="project-contracts"),
    path("projects/<int:project_id>/contract-signers/", api.ContractSigners.as_view(), name="contract-signers"),
    path("contracts/<int:contract_id>/", api.ContractDetail.as_view(), name="contract-detail"),
    path("contracts/<int:contract_id>/sign/", api.ContractSign.as_view(), name="contract-sign"),
    path("contracts/<int:contract_id>/withdraw/", api.ContractWithdraw.as_view(), name="contract-withdraw"),
    path("contracts/<int:contract_id>/evaluations/", api.ContractEvaluations.as_view(), name="contract-evaluations"),
    path("contracts/<int:contract_id>/report/", api.ContractReport.as_view(), name="contract-report"),
    path(
        "evaluations/<int:evaluation_id>/item-results/",
        api.EvaluationItemResults.as_view(),
        name="evaluation-item-results",
    ),
]
