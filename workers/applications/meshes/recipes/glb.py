"""Meshes as GLB, the binary form of glTF 2.0, with smooth normals: one buffer, one mesh, one material."""

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.applications.meshes.recipes.geometry import Mesh


def vertex_normals(mesh: Mesh) -> NDArray[np.float64]:
    """(v, 3) unit normals: the mean of the faces around, larger ones counting more."""
    corners = mesh.vertices[mesh.faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(mesh.vertices)
    for corner in range(3):
        np.add.at(total, mesh.faces[:, corner], across)
    unit: NDArray[np.float64] = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
    return unit


def write_glb(mesh: Mesh, colors: NDArray[np.floating[Any]] | None = None) -> bytes:
    """The file's bytes; gray, or with colors (v, 3) of 0 to 1 as screens show them."""
    points = mesh.vertices.astype("<f4")
    parts = [points.tobytes(), vertex_normals(mesh).astype("<f4").tobytes(), mesh.faces.astype("<u4").tobytes()]
    attributes, color = {"POSITION": 0, "NORMAL": 1}, [0.6, 0.62, 0.66, 1]
    if colors is not None:
        # glTF keeps colors in linear light.
        linear = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
        parts.append(linear.astype("<f4").tobytes())
        attributes, color = {**attributes, "COLOR_0": 3}, [1, 1, 1, 1]
    begins = np.cumsum([0, *map(len, parts)])[:-1].tolist()
    views = [{"buffer": 0, "byteOffset": a, "byteLength": len(p)} for a, p in zip(begins, parts, strict=True)]
    vector = {"componentType": 5126, "type": "VEC3", "count": len(points)}
    head = {
        "asset": {"version": "2.0", "generator": "Plateau"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": attributes, "indices": 2, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": color, "metallicFactor": 0}}],
        "buffers": [{"byteLength": sum(map(len, parts))}],
        "bufferViews": views,
        "accessors": [
            {"bufferView": 0, **vector, "min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()},
            {"bufferView": 1, **vector},
            {"bufferView": 2, "componentType": 5125, "type": "SCALAR", "count": int(mesh.faces.size)},
            *([{"bufferView": 3, **vector}] if colors is not None else []),
        ],
    }
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 4)
    body = b"".join(parts)
    total = 12 + 8 + len(text) + 8 + len(body)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body
    return struct.pack("<4sII", b"glTF", 2, total) + chunks
