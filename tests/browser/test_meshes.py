"""A mesh of a picture, as people meet it."""

import pytest
from playwright.sync_api import expect

from tests.applications import needs
from tests.browser.test_browser import findings
from tests.browser.test_recipes import interval

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), needs("meshes")]


@pytest.mark.parametrize(("language", "look"), [("ja", "dark")])
def test_a_mesh_turns_by_arrow_keys_and_can_be_had_as_a_file(sign_in, stack, people, language, look):
    from workers.applications.meshes.recipes.geometry import sphere
    from workers.applications.meshes.tests.factories import MeshCollectionFactory, MeshResultFactory

    stack.web()
    row = {"silhouette_iou": interval(0.7), "voxel_iou": interval(0.5), "network_gain": interval(0.02)}
    report = {
        "train_count": 40, "test_count": 10, "steps": 400, "training_seconds": 300,
        "methods": [row | {"name": "network"}, row | {"name": "nearest"}],
    }  # fmt: skip
    collection = MeshCollectionFactory(
        organization=people.organizations["ours"], model_key="meshes/none", report=report
    )
    mesh = sphere(2)
    vertices, faces = (mesh.vertices / 2).tolist(), mesh.faces.tolist()
    result = MeshResultFactory(collection=collection, job__state="done", vertices=vertices, faces=faces)
    page = sign_in("scientist", language, look, path="/applications/meshes")
    page.locator("table a").click()
    page.wait_for_url(f"**/applications/meshes/{collection.pk}")
    page.locator("[role=application] canvas").wait_for()
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("application")).to_have_attribute("data-turned", "true")
    with page.expect_download() as download:
        page.locator(f"a[href='/api/v1/mesh-results/{result.pk}/files/glb/']").click()
    assert download.value.path().read_bytes()[:4] == b"glTF"
    assert findings(page, "shape") == []
