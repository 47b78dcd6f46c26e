import io

import numpy as np
import pytest
from PIL import Image

from labelkit.media import tiles
from plateau.datalake import services


def jpeg(width: int, height: int) -> bytes:
    out = io.BytesIO()
    across = np.linspace(0, 255, width)[None, :, None] + np.linspace(0, 60, height)[:, None, None]
    Image.fromarray(np.broadcast_to(across, (height, width, 3)).clip(0, 255).astype("uint8")).save(out, "JPEG")
    return out.getvalue()


def test_tiles_put_together_are_the_picture_at_every_level():
    data = jpeg(5000, 2600)
    whole = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    pyramid = dict(tiles.pyramid(data))
    assert tiles.levels_of(5000, 2600) == 3
    for level in range(3):
        step = 2**level
        small = whole[::step, ::step]
        for key, tile in pyramid.items():
            if not key.startswith(f"{level}-"):
                continue
            _, column, row = (int(part) for part in key.split("-"))
            pixels = np.asarray(Image.open(io.BytesIO(tile))).astype(int)
            part = small[row * 512 : row * 512 + pixels.shape[0], column * 512 : column * 512 + pixels.shape[1]]
            assert np.abs(pixels[: part.shape[0], : part.shape[1]] - part).mean() < 3, key
    overview = Image.open(io.BytesIO(pyramid["overview"]))
    assert overview.size == (1250, 650)


@pytest.mark.django_db
def test_a_large_picture_is_shown_by_tiles_and_a_small_one_has_none(people, monkeypatch):
    monkeypatch.setattr(tiles, "TILED_FROM", 3_000_000)
    actor, client = people.actor("admin"), people.client("admin")
    large = services.save_asset(organization_id=actor.organization_id, data=jpeg(2500, 1300))
    small = services.save_asset(organization_id=actor.organization_id, data=jpeg(90, 60))
    for path in ("overview/", "0/4/2/", "1/2/1/"):
        response = client.get(f"/api/v1/assets/{large.pk}/tiles/{path}")
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg"), path
    assert client.get(f"/api/v1/assets/{large.pk}/tiles/0/9/9/").status_code == 404
    assert client.get(f"/api/v1/assets/{small.pk}/tiles/overview/").status_code == 404
