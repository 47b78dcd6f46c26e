import io
import zipfile

import pytest
from django.core.files.base import File
from PIL import Image

from annotation.samples.catalog import SAMPLES, Sample
from annotation.samples.services import import_sample
from labelkit.annotations.base import Schema
from labelkit.geometries import Frame
from labelkit.project_types import PROJECT_TYPES
from plateau.datalake.models import Dataset
from plateau.datalake.sources import Limits, entries
from plateau.identity.authentication import actor_of_membership
from plateau.identity.tests.factories import MembershipFactory, built_in_role

LIMITS = Limits(file_bytes=10**8, zip_entries=1000, zip_bytes=10**8)


def frames(sample: Sample) -> dict[str, Frame]:
    with sample.file.open("rb") as stream:
        found = {}
        for entry in entries(sample.file.name, File(stream), limits=LIMITS):
            size = Image.open(io.BytesIO(entry.data)).size if entry.data else (None, None)
            found[entry.name] = Frame(*size, len(entry.text) or None)
    return found


def test_there_is_sample_data_of_every_project_type_of_the_product():
    ours = {key for key, project_type in PROJECT_TYPES.items() if type(project_type).__module__.startswith("labelkit")}
    assert set(SAMPLES) == ours
    assert len({sample.dataset_name for sample in SAMPLES.values()}) == len(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=list(SAMPLES))
def test_every_item_has_a_right_annotation_that_the_project_takes(sample):
    annotation_type = PROJECT_TYPES[sample.kind].annotation_type
    labels = [label.model_dump() for label in sample.schema.labels]
    attributes = [attribute.model_dump() for attribute in sample.schema.attributes]
    schema = Schema.of(1, labels, attributes)
    items = frames(sample)
    assert set(items) == set(sample.values)
    assert 10 <= len(items) <= 40
    for name, value in sample.values.items():
        annotation_type.validate(value, schema=schema, frame=items[name])
    used = {label for value in sample.values.values() for label, _ in annotation_type.labels_used(value)}
    assert len(used) >= len(labels) - 1 or sample.kind == "row_number"  # nobody rides a bicycle in the street


@pytest.mark.django_db
def test_sample_data_is_taken_in_once(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    actor = actor_of_membership(MembershipFactory(role=built_in_role("manager")))
    first = import_sample(actor=actor, sample=SAMPLES["spans"])
    assert (first.state, first.files.get().name) == ("started", "spans.jsonl")
    assert import_sample(actor=actor, sample=SAMPLES["spans"]) == first
    assert Dataset.objects.visible_to(actor).count() == 1


def test_zips_of_pictures_are_small():
    for sample in SAMPLES.values():
        if sample.file.suffix == ".zip":
            with zipfile.ZipFile(sample.file) as archive:
                assert sum(info.file_size for info in archive.infolist()) < 3_000_000
