"""Taking sample data in, by the way that people's own files take."""

from django.core.files.base import File
from django.db import transaction

from annotation.samples.catalog import Sample
from plateau.access.scopes import Actor
from plateau.datalake import services as datalake
from plateau.datalake.models import Dataset, IngestBatch


@transaction.atomic
def import_sample(*, actor: Actor, sample: Sample) -> IngestBatch:
    """The upload of this sample data: a new one with its dataset, or the one that there is."""
    dataset = Dataset.objects.visible_to(actor).filter(name=sample.dataset_name).first()
    if dataset is not None and (batch := IngestBatch.objects.filter(dataset=dataset).order_by("pk").first()):
        return batch
    dataset = dataset or datalake.create_dataset(actor=actor, name=sample.dataset_name)
    batch = datalake.open_batch(actor=actor, dataset=dataset)
    with sample.file.open("rb") as stream:
        datalake.stage_file(batch=batch, name=sample.file.name, file=File(stream, name=sample.file.name))
    return datalake.start_batch(actor=actor, batch=batch)
