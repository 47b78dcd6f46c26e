import json
import shutil

import pytest
from django.core.management import CommandError, call_command

from plateau.releases import releases


@pytest.fixture
def records(tmp_path, monkeypatch):
    """A copy of the records of releases."""
    shutil.copytree(releases.FOLDER, tmp_path / "releases")
    monkeypatch.setattr(releases, "FOLDER", tmp_path / "releases")
    return tmp_path / "releases"


def test_a_release_is_recorded_with_the_newest_migration_of_every_app(records):
    call_command("record_release", "9.0.0", "abc")
    record = json.loads((records / "9.0.0.json").read_text())
    assert record["commit"] == "abc"
    assert record["migrations"] == releases.migration_heads()
    assert {"contracts", "meshes", "model_versions"} <= record["migrations"].keys()


def test_an_installation_without_an_application_records_nothing(records, monkeypatch):
    heads = {app: name for app, name in releases.migration_heads().items() if app != "meshes"}
    monkeypatch.setattr(releases, "migration_heads", lambda: heads)
    with pytest.raises(CommandError, match=r"^meshes of .* cannot be recorded"):
        call_command("record_release", "9.0.0", "abc")
    assert not (records / "9.0.0.json").exists()
