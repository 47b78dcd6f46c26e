import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from annotation.projects.models import GuidelinePicture
from annotation.projects.tests.factories import ProjectFactory
from plateau.identity.tests.factories import MembershipFactory, built_in_role


def picture(color: str = "red", file_format: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), color).save(out, file_format)
    return SimpleUploadedFile("example", out.getvalue())


def client_of(member) -> APIClient:
    client = APIClient()
    client.force_login(member.user)
    return client


@pytest.mark.django_db
def test_a_picture_is_kept_once_and_served_to_the_organization_alone(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    member = MembershipFactory(role=built_in_role("manager"))
    project = ProjectFactory(organization=member.organization)
    client, path = client_of(member), f"/api/v1/projects/{project.pk}/guideline-pictures/"
    first = client.post(path, {"file": picture()})
    assert first.status_code == 201, first.content
    assert client.post(path, {"file": picture()}).json() == first.json()
    assert GuidelinePicture.objects.count() == 1
    shown = client.get(first.json()["address"])
    assert shown["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).size == (8, 6)
    assert client_of(MembershipFactory(role=built_in_role("manager"))).get(first.json()["address"]).status_code == 404


@pytest.mark.django_db
def test_what_browsers_do_not_show_is_converted_and_what_is_no_picture_refused(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    member = MembershipFactory(role=built_in_role("manager"))
    project = ProjectFactory(organization=member.organization)
    client, path = client_of(member), f"/api/v1/projects/{project.pk}/guideline-pictures/"
    assert client.post(path, {"file": picture(file_format="TIFF")}).status_code == 201
    assert GuidelinePicture.objects.get().content_type == "image/png"
    refused = client.post(path, {"file": SimpleUploadedFile("a.svg", b"<svg onload='alert(1)'/>")})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "file")
    assert client.post(path, {}).status_code == 400
