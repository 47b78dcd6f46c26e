"""Endpoints of sample data."""

from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from annotation.samples.catalog import SAMPLES
from annotation.samples.filters import SAMPLE_LIST
from annotation.samples.schemas import SampleDataOut, SampleImportIn, SampleImportOut
from annotation.samples.services import import_sample
from plateau.access.endpoint import Endpoint
from plateau.access.scopes import Scope
from plateau.http.errors import NotFound
from plateau.http.openapi import document
from plateau.http.paging import Page
from plateau.http.validation import parse


class SampleList(Endpoint):
    """Sample data of each project type that the product brings."""

    scopes: ClassVar = {"GET": Scope.PROJECTS_READ, "POST": Scope.DATA_WRITE}

    @document(summary="Sample data, by project type", out=Page[SampleDataOut], query=SAMPLE_LIST)
    def get(self, request: Request) -> Response:
        """The catalog."""
        return Response(SAMPLE_LIST.page(request, [SampleDataOut.of(sample) for sample in SAMPLES.values()]))

    @document(
        summary="Import sample data into a dataset of its own",
        body=SampleImportIn,
        out=SampleImportOut,
        status=201,
        errors=[NotFound],
    )
    def post(self, request: Request) -> Response:
        """The dataset: a new one, or the one that was made of it before."""
        kind = parse(SampleImportIn, request.data).kind
        if kind not in SAMPLES:
            raise NotFound("There is no sample data of this project type.")
        batch = import_sample(actor=self.actor, sample=SAMPLES[kind])
        out = SampleImportOut(dataset_id=batch.dataset_id, name=batch.dataset.name, job_id=batch.job_id)
        return Response(out, status=201)
