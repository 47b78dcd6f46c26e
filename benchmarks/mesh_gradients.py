"""The rasterizer's images and approximate gradients beside those of Mitsuba 3, an independent physical renderer.

    pip install --target var/mitsuba mitsuba==3.7.1        # and an LLVM library; the product needs neither
    PYTHONPATH=platform:.:var/mitsuba python benchmarks/mesh_gradients.py

A glowing mesh before black is a silhouette. Mitsuba's projective integrators give an unbiased gradient of what moves
with a silhouette; ours is the approximation of arXiv 1711.07566, which looks beyond the nearest pixel on purpose. So
lengths differ by design, and directions are compared: the cosine over all vertices, the share of the gradient's length
on vertices that both would move to the same side, and the cosine of what both say of seven ways to move the whole
(aside, up, to the back, larger along each axis, larger as a whole).
"""

from typing import Any

import drjit as dr
import mitsuba as mi
import numpy as np
import torch
from numpy.typing import NDArray

from workers.applications.meshes.recipes.cameras import VIEW_ANGLE, look_at, project
from workers.applications.meshes.recipes.geometry import Mesh, sphere
from workers.applications.meshes.recipes.rasterizer import render
from workers.applications.meshes.recipes.views import DISTANCE, ELEVATION

mi.set_variant("llvm_ad_rgb")
IMAGE_SIZE, SAMPLES, GRADIENT_SAMPLES = 64, 64, 512
Array = NDArray[np.float64]


def camera(azimuth: float) -> torch.Tensor:
    """(1, 3, 4)."""
    return look_at(torch.tensor([azimuth]), torch.tensor([ELEVATION]), DISTANCE)


def scene(mesh: Mesh, azimuth: float) -> Any:
    """The same mesh and camera for Mitsuba."""
    a, e = np.deg2rad(azimuth), np.deg2rad(ELEVATION)
    eye = DISTANCE * np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
    shape = mi.Mesh("shape", len(mesh.vertices), len(mesh.faces), props=glowing())
    params = mi.traverse(shape)
    params["vertex_positions"] = mesh.vertices.astype(np.float32).ravel()
    params["faces"] = mesh.faces.astype(np.uint32).ravel()
    params.update()
    return mi.load_dict(
        {
            "type": "scene",
            "integrator": {"type": "direct_projective", "sppi": 0},
            "sensor": {
                "type": "perspective",
                "fov": 2 * VIEW_ANGLE,
                "to_world": mi.ScalarTransform4f().look_at(origin=eye.tolist(), target=[0, 0, 0], up=[0, 1, 0]),
                "film": {
                    "type": "hdrfilm", "width": IMAGE_SIZE, "height": IMAGE_SIZE, "rfilter": {"type": "box"},
                    "pixel_format": "luminance", "sample_border": True,
                },
            },
            "shape": shape,
        }
    )  # fmt: skip


def glowing() -> Any:
    """Properties of a surface that shines by 1 to all sides."""
    props = mi.Properties()
    props["emitter"] = mi.load_dict({"type": "area", "radiance": {"type": "uniform", "value": 1.0}})
    return props


def gradients_by_reference(mesh: Mesh, target: Array, azimuth: float) -> tuple[Array, Array]:
    """Mitsuba's silhouette (side, side) and gradient (v, 3) of the squared error."""
    rendered_scene = scene(mesh, azimuth)
    params = mi.traverse(rendered_scene)
    key = next(name for name in params.keys() if name.endswith("vertex_positions"))  # noqa: SIM118  # no mapping
    dr.enable_grad(params[key])
    params.update()
    image = mi.render(rendered_scene, params, spp=SAMPLES, spp_grad=GRADIENT_SAMPLES, seed=0)
    loss = dr.sum(dr.square(image - mi.TensorXf(target[..., None].astype(np.float32))))
    dr.backward(loss)
    return np.array(image)[..., 0].astype(np.float64), np.array(dr.grad(params[key])).reshape(-1, 3).astype(np.float64)


def gradients_by_product(mesh: Mesh, target: Array, azimuth: float) -> tuple[Array, Array]:
    """The same by the rasterizer."""
    vertices = torch.from_numpy(mesh.vertices).float()[None].requires_grad_()
    image = render(project(vertices, camera(azimuth)), mesh.faces, IMAGE_SIZE)[0, 0]
    (image - torch.from_numpy(target).float()).square().sum().backward()
    assert vertices.grad is not None
    return image.detach().double().numpy(), vertices.grad[0].double().numpy()


def seen_of(mesh: Mesh, azimuth: float) -> Array:
    """A silhouette to reach."""
    vertices = torch.from_numpy(mesh.vertices).float()[None]
    with torch.no_grad():
        return render(project(vertices, camera(azimuth)), mesh.faces, IMAGE_SIZE)[0, 0].double().numpy()


def ways(vertices: Array, grad: Array) -> Array:
    """(7,) derivatives along moves of the whole: shifts, stretches along the axes, and growth."""
    along = (grad * vertices).sum(axis=0)
    return np.array([*grad.sum(axis=0) * 0.3, *along, along.sum()])


def main() -> None:
    """Print the table."""
    ball = sphere()
    start = Mesh(ball.vertices * 0.3, ball.faces)
    wide = ball.vertices * np.array([0.42, 0.24, 0.3])
    goals = {
        "larger": Mesh(ball.vertices * 0.38, ball.faces),
        "smaller": Mesh(ball.vertices * 0.22, ball.faces),
        "moved aside": Mesh(ball.vertices * 0.3 + np.array([0.08, 0.02, 0.0]), ball.faces),
        "wider and flatter": Mesh(wide, ball.faces),
    }
    for name, goal in goals.items():
        for azimuth in (0.0, 40.0):
            target = seen_of(goal, azimuth)
            (image_a, grad_a), (image_b, grad_b) = (
                gradients_by_reference(start, target, azimuth),
                gradients_by_product(start, target, azimuth),
            )
            cosine = float((grad_a * grad_b).sum() / np.linalg.norm(grad_a) / np.linalg.norm(grad_b))
            lengths = np.linalg.norm(grad_a, axis=1)
            agree = float(lengths[(grad_a * grad_b).sum(axis=1) > 0].sum() / lengths.sum())
            whole_a, whole_b = ways(start.vertices, grad_a), ways(start.vertices, grad_b)
            whole = float(whole_a @ whole_b / np.linalg.norm(whole_a) / np.linalg.norm(whole_b))
            gap = float(np.abs(image_a - image_b).mean())
            print(f"{name:18s} at {azimuth:3.0f}°: pictures differ by {gap:.4f}", end="")
            print(f", cosine {cosine:.2f}, agree {agree:.2f}, as a whole {whole:.2f}", flush=True)


if __name__ == "__main__":
    main()
