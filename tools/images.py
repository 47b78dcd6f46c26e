"""Pin the images of others by digest: `python tools/images.py check`, `python tools/images.py lock --registry URL`."""

import argparse
import hashlib
import json
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "deploy" / "images.env"
MANIFESTS = ROOT / "deploy" / "kubernetes" / "plateau.yaml"
_LINE = re.compile(r"^(\w+_IMAGE)=([\w./-]+):([\w.-]+)(?:@(sha256:[0-9a-f]{64}))?$", re.M)
# An index covers every platform; an image of one alone has a manifest.
_ACCEPT = (
    "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
)


class RegistryError(Exception):
    """The message names the image and what the registry said."""


def find_unpinned(text: str) -> list[str]:
    """Names of variables whose image has no digest.

    >>> find_unpinned("A_IMAGE=nginx:1.28\\n")
    ['A_IMAGE']
    """
    return [name for name, _, _, digest in _LINE.findall(text) if not digest]


def _get(url: str, headers: dict[str, str]) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as response:  # noqa: S310
        body: bytes = response.read()
        return body


def _token(challenge: str) -> str:
    """A token for reading, from where the registry's 401 says that there are some."""
    fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    realm = fields.pop("realm", "")
    if not challenge.lower().startswith("bearer ") or not realm:
        raise RegistryError(f"it asks for {challenge.split(' ', maxsplit=1)[0] or 'something'}, not for a bearer token")
    answer = json.loads(_get(f"{realm}?{urllib.parse.urlencode(fields)}", {}))
    return str(answer.get("token") or answer["access_token"])


def resolve_digest(registry: str, name: str, tag: str) -> str:
    """The digest of what the tag means now, computed from the bytes of its manifest.

    Raises:
        RegistryError: the registry does not answer, does not know the tag, or its answer is not what it says it is.
    """
    path = name if "/" in name else f"library/{name}"
    url = f"{registry.rstrip('/')}/v2/{path}/manifests/{tag}"
    headers = {"Accept": _ACCEPT}
    try:
        try:
            body = _get(url, headers)
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise
            headers["Authorization"] = f"Bearer {_token(error.headers.get('WWW-Authenticate', ''))}"
            body = _get(url, headers)
        manifest = json.loads(body)
    except (OSError, ValueError, KeyError) as error:
        raise RegistryError(f"{name}:{tag}: {error}") from error
    except RegistryError as error:
        raise RegistryError(f"{name}:{tag}: {error}") from error
    if manifest.get("schemaVersion") != 2:
        raise RegistryError(f"{name}:{tag}: the answer is no manifest of version 2")
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def lock(registry: str, images: Path = LOCK, manifests: Path = MANIFESTS) -> list[str]:
    """Write the digest of every tag; nothing is written unless all were found. Returns what changed, a line each."""
    text, kubernetes = images.read_text(), manifests.read_text()
    changes = []
    for variable, name, tag, before in _LINE.findall(text):
        digest = resolve_digest(registry, name, tag)
        former = f"{name}:{tag}@{before}" if before else f"{name}:{tag}"
        if digest != before:
            changes.append(f"{variable}: {former} -> {digest}")
        text = re.sub(rf"^{variable}=.*$", f"{variable}={name}:{tag}@{digest}", text, flags=re.M)
        pinned = re.compile(rf"(image: {re.escape(name)}:{re.escape(tag)})(@sha256:[0-9a-f]{{64}})?$", re.M)
        kubernetes = pinned.sub(rf"\1@{digest}", kubernetes)
    images.write_text(text)
    manifests.write_text(kubernetes)
    return changes


def main() -> None:
    """Exit status 1: an image has no digest, or the registry could not say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="fail while an image has no digest")
    locking = commands.add_parser("lock", help="write the digests that the registry says")
    locking.add_argument("--registry", required=True, help="the address of its API: https://HOST")
    options = parser.parse_args()
    if options.command == "lock":
        try:
            changes = lock(options.registry)
        except RegistryError as error:
            sys.exit(f"nothing was written: {error}")
        sys.stdout.write("\n".join(changes or ["every digest is current"]) + "\n")
        return
    if unpinned := find_unpinned(LOCK.read_text()):
        sys.exit(f"without a digest in {LOCK.relative_to(ROOT)}: {', '.join(unpinned)}. Run `make lock-images`.")


if __name__ == "__main__":
    main()
