"""Every address: the API, app by app, and the front end for everything else."""

from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularJSONAPIView

import plateau.identity.openapi  # noqa: F401  # how our sign-in reads in the document
from annotation.labeling import urls as labeling_urls
from config import documentation, pages
from plateau.applications import installed_applications
from plateau.http.rendering import OpenApiRenderer
from plateau.identity import auth_flows_api

OpenSchemaView = extend_schema_view(get=extend_schema(auth=[]))(SpectacularJSONAPIView)  # for everybody
handler500 = "config.pages.failed"
api = [
    *labeling_urls.urlpatterns,  # the hot path first, without a level between: addresses are tried in this order
    path("", include("plateau.audit.urls")),
    path("", include("plateau.datalake.urls")),
    path("", include("plateau.identity.urls")),
    path("", include("plateau.jobs.urls")),
    path("", include("plateau.quotas.urls")),
    path("", include("plateau.notifications.urls")),
    path("", include("annotation.formats.urls")),
    path("", include("annotation.projects.urls")),
    path("", include("annotation.quality.urls")),
    path("", include("annotation.samples.urls")),
    path("", include("annotation.snapshots.urls")),
    path("", include("registry.contracts.urls")),
    path("", include("registry.deployments.urls")),
    path("", include("registry.model_versions.urls")),
    path("", include("registry.segmentation_models.urls")),
    path("", include("registry.tracked_runs.urls")),
    path("", include("registry.webhooks.urls")),
    path("", include("workers.batch_inference.urls")),
    path("", include("workers.learning_curves.urls")),
    path("", include("workers.sweeps.urls")),
    path("", include("workers.training.urls")),
    path(
        "schema/",
        OpenSchemaView.as_view(permission_classes=[], renderer_classes=[OpenApiRenderer]),
        name="schema",
    ),
    *(path("", include(f"{application.name}.urls")) for application in installed_applications()),
]
urlpatterns = [
    path("api/v1/", include(api)),
    *auth_flows_api.urlpatterns,
    path("healthz", pages.health),
    path("readyz", pages.ready),
    path("metrics", pages.metrics),
    path("docs", documentation.redirect_to_folder),
    re_path(r"^docs/(?P<path>.*)$", documentation.documentation),
    re_path(r"^api/", pages.no_such_route),
    re_path(r"^(?!assets/)", pages.page_or_problem),
]
