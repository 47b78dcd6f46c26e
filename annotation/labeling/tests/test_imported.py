"""What operators put below `imports/` is read by the organization that it is for, by every door, and by no other."""

import io
import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from annotation.labeling.models import Task
from labelkit.media import UnreadableFile
from labelkit.tests.pictures import make_png
from plateau.datalake.imported import Sources
from plateau.datalake.models import Asset, Item, StorageSource
from plateau.datalake.tests.factories import ItemFactory, StorageSourceFactory
from plateau.datalake.tests.test_ingest import findings, take_in
from plateau.identity.services import create_organization
from plateau.identity.tests.factories import OrganizationFactory

pytestmark = pytest.mark.django_db

THEIRS = [
    "theirs/secret.png",
    "/theirs/secret.png",
    "../theirs/secret.png",
    "ours/../theirs/secret.png",
    "ours/./../theirs/secret.png",
    "ours//..//theirs/secret.png",
    "..\\theirs\\secret.png",
    "ours\\..\\..\\theirs/secret.png",
    "%2e%2e/theirs/secret.png",
    "..%2ftheirs%2fsecret.png",
    "ours-2/secret.png",
    "../ours-2/secret.png",
    "-2/secret.png",
    "linked.png",
    "linked/secret.png",
    "loose.png",
    "../../assets/secret.png",
    "",
    ".",
    "..",
    "ours",
    "ours/",
    "sub",
    "a\x00b.png",
    "circle/a.png",
    "a" * 300,
    "long/" * 300,
]


@pytest.fixture
def files(people):
    """Files of three organizations, one of which has a name that begins with another's, and one of nobody."""
    for organization in [*people.organizations.values(), OrganizationFactory(slug="ours-2")]:
        StorageSourceFactory(organization=organization)
    for number, key in enumerate(("ours/a.png", "ours/sub/b.png", "ours/ours/c.png")):
        default_storage.save(f"imports/{key}", ContentFile(make_png(number)))
    for number, key in enumerate(("imports/theirs/secret.png", "imports/ours-2/secret.png", "imports/loose.png")):
        default_storage.save(key, ContentFile(make_png(10 + number)))
    default_storage.save("assets/secret.png", ContentFile(make_png(20)))
    root = Path(default_storage.path("imports"))
    (root / "ours" / "linked.png").symlink_to(root / "theirs" / "secret.png")
    (root / "ours" / "linked").symlink_to(root / "theirs")
    (root / "ours" / "circle").symlink_to(root / "ours" / "circle")


def shown(people, project, uri: str):
    """The answer for the picture of an item that has this address."""
    item = ItemFactory(dataset=project.dataset, asset=None, uri=uri)
    return people.client("annotator").get(f"/api/v1/items/{item.pk}/content/")


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("a.png", 0),
        ("/a.png", 0),
        ("./sub//b.png", 1),
        ("ours/a.png", 0),
        ("ours/sub/b.png", 1),
        ("ours/ours/c.png", 2),
    ],
)
def test_a_file_of_the_own_organization_is_read_by_every_door(people, make_project, files, path, number):
    answer = shown(people, make_project(items=0), f"storage:{path}")
    assert b"".join(answer.streaming_content) == make_png(number)
    batch = take_in(people, {"l.jsonl": json.dumps({"uri": f"storage:{path}"}).encode()})
    assert (batch.added, batch.rejected) == (1, 0)


@pytest.mark.parametrize("path", THEIRS)
def test_nothing_else_is_read_by_any_door(people, make_project, files, path):
    project = make_project(items=0)
    with pytest.raises(UnreadableFile):
        Sources.of(people.organizations["ours"].pk).key_of(f"storage:{path}")
    batch = take_in(people, {"l.jsonl": json.dumps({"uri": f"storage:{path}"}).encode()})
    assert (batch.added, batch.rejected, Asset.objects.count()) == (0, 1, 0)
    assert set(findings(batch).values()) <= {"unsafe_path", "no_such_file", "bad_row"}
    if "\x00" not in path:
        response = shown(people, project, f"storage:{path}")
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
        assert "theirs" not in response.json()["detail"]


@pytest.mark.parametrize("path", ["../theirs/secret.png", "a\\..\\..\\b.png", "", "/"])
def test_a_line_with_a_path_that_leads_out_is_named(people, make_project, path):
    project = make_project(items=0)
    body = json.dumps({"uri": "storage:a.png"}) + "\n" + json.dumps({"uri": f"storage:{path}"})
    response = people.client("manager").post(
        f"/api/v1/projects/{project.pk}/tasks/import/", body, content_type="application/x-ndjson"
    )
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "line 2")
    assert not Task.objects.exists()


def test_a_file_of_labels_on_its_way_to_a_worker_lies_where_no_address_leads(people, make_project):
    project = make_project(items=1)
    file = ContentFile(b'{"name": "0.png", "value": {"label": "pear"}}', name="labels.jsonl")
    path = f"/api/v1/projects/{project.pk}/labels/import/"
    response = people.client("manager").post(path, {"file": file, "format": "jsonl"})
    assert response.status_code < 300
    assert not default_storage.exists("imports")


def grant(people, *arguments, organization="ours"):
    out = io.StringIO()
    call_command("storage_sources", "--organization", organization, *arguments, stdout=out)
    return out.getvalue()


def test_a_granted_folder_is_read_by_its_name_until_it_is_revoked(people, make_project, files):
    project = make_project(items=0)
    assert shown(people, project, "storage:partner/secret.png").status_code == 404
    grant(people, "--grant", "partner", "--prefix", "imports/theirs/")
    answer = people.client("annotator").get(f"/api/v1/items/{Item.objects.get().pk}/content/")
    assert b"".join(answer.streaming_content) == make_png(10)
    assert "ours\tpartner\timports/theirs/" in grant(people)
    assert shown(people, project, "storage:partner/../ours-2/secret.png").status_code == 404
    grant(people, "--revoke", "partner")
    assert people.client("annotator").get(f"/api/v1/items/{Item.objects.earliest('pk').pk}/content/").status_code == 404


def test_without_a_grant_nothing_is_read(people, make_project, files):
    StorageSource.objects.all().delete()
    assert shown(people, make_project(items=0), "storage:a.png").status_code == 404


@pytest.mark.parametrize(
    "prefix", ["", "imports", "imports/", "assets", "imports/../assets", "imports/./x", "imports//x", "/imports\\x"]
)
def test_only_a_folder_below_imports_is_granted(people, prefix):
    with pytest.raises(CommandError):
        grant(people, "--grant", "x", "--prefix", prefix)
    assert not StorageSource.objects.exists()


def test_a_new_organization_gets_a_folder_unless_another_reads_it_already(people):
    grant(people, "--grant", "shared", "--prefix", "imports/acme/photos")
    for name, number in (("Beta", 1), ("Acme", 0)):
        made = create_organization(name=name, admin_email=f"a@{name}.example", admin_name="A", password="x")
        assert StorageSource.objects.filter(organization=made.organization).count() == number
