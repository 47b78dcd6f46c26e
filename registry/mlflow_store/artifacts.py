"""MLflow's store of artifacts, which asks before it writes, and looks at what it hands out.

MLflow writes to the same folder or bucket as we do, by code of its own. The guards of our storage are asked here too,
at the moment at which a file gets its place, and files are compared with what was recorded of them before anybody gets
them.
"""

import posixpath
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from plateau.storage.guarded import count_deleted, counting, writing

ROOT = "mlflow"
# Given a key and the file on local disk, about to be handed out; raises where it is not what was recorded.
ReadCheck = Callable[[str, Path], None]
read_checks: list[ReadCheck] = []


def _key(*parts: str | None) -> str:
    return posixpath.join(ROOT, *(part.strip("/") for part in parts if part))


def _check(key: str, path: str) -> None:
    top = Path(path)
    for file in [top] if top.is_file() else [inner for inner in top.rglob("*") if inner.is_file()]:
        for check in read_checks:
            check(posixpath.join(key, file.relative_to(top).as_posix()) if file != top else key, file)


def guarded(repository: Any) -> Any:
    """The same repository, guarded: every method by which MLflow changes or reads a file."""
    base = type(repository)

    class Guarded(base):  # type: ignore[misc, valid-type]  # whatever MLflow chose for the destination
        """See `guarded`."""

        def log_artifact(self, local_file: str, artifact_path: str | None = None) -> None:
            key = _key(artifact_path, posixpath.basename(local_file))
            with writing(key), counting(key, Path(local_file).stat().st_size) as placed:
                super().log_artifact(local_file, artifact_path)
                placed(key)

        def log_artifacts(self, local_dir: str, artifact_path: str | None = None) -> None:
            with writing(_key(artifact_path)), ExitStack() as counted:
                files = [file for file in Path(local_dir).rglob("*") if file.is_file()]
                keys = [_key(artifact_path, file.relative_to(local_dir).as_posix()) for file in files]
                placed = [
                    counted.enter_context(counting(key, file.stat().st_size))
                    for key, file in zip(keys, files, strict=True)
                ]
                super().log_artifacts(local_dir, artifact_path)
                for key, place in zip(keys, placed, strict=True):
                    place(key)

        def delete_artifacts(self, artifact_path: str | None = None) -> None:
            with writing(_key(artifact_path)):
                super().delete_artifacts(artifact_path)
                count_deleted(_key(artifact_path), is_folder=True)

        def _publish_staged_artifact(self, temp_file_path: str, destination_file_path: str, *rest: Any) -> None:
            # A folder takes a stream into a file beside, and this gives it its place: nothing is locked until then.
            path = Path(destination_file_path).relative_to(Path(self.artifact_dir).resolve())
            key = _key(path.as_posix())
            with writing(key), counting(key, Path(temp_file_path).stat().st_size) as placed:
                super()._publish_staged_artifact(temp_file_path, destination_file_path, *rest)
                placed(key)

        def create_multipart_upload(self, *_: Any, **__: Any) -> None:
            raise NotImplementedError("Files go through the proxy, which counts and guards them.")

        complete_multipart_upload = create_multipart_upload
        create_presigned_upload_url = create_multipart_upload
        get_download_presigned_url = create_multipart_upload

        def get_local_path(self, artifact_path: str) -> str | None:
            path: str | None = super().get_local_path(artifact_path)
            if path is not None:
                _check(_key(artifact_path), path)
            return path

        def download_artifacts(self, artifact_path: str, dst_path: str | None = None) -> str:
            path: str = super().download_artifacts(artifact_path, dst_path)
            _check(_key(artifact_path), path)
            return path

    repository.__class__ = Guarded
    return repository
