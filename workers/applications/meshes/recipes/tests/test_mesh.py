"""The rasterizer covers what it should, its gradients point the right way, and shapes are fitted and learned."""

from pathlib import Path

import numpy as np
import pytest
import torch

from workers.applications.meshes.recipes.cameras import look_at, project
from workers.applications.meshes.recipes.geometry import Mesh, interior_edges, normalize, read_obj, sphere, write_obj
from workers.applications.meshes.recipes.rasterizer import render
from workers.applications.meshes.recipes.reconstruction import (
    evaluate,
    fit,
    fit_silhouettes,
    iou,
    load,
    mean_silhouettes,
    network_predictor,
    render_silhouettes,
)
from workers.applications.meshes.recipes.views import AZIMUTHS, render_views
from workers.recipes.base import RunStopped
from workers.recipes.tests.toys import Recorder

BOX = """v -1 -1 -1
v 1 -1 -1
v 1 1 -1
v -1 1 -1
v -1 -1 1
v 1 -1 1
v 1 1 1
v -1 1 1
f 1 4 3 2
f 5 6 7 8
f 1 2 6 5
f 2 3 7 6
f 3 4 8 7
f 4 1 5 8
"""


def box(x: float, y: float, z: float) -> Mesh:
    mesh = read_obj(BOX)
    return Mesh(mesh.vertices * [x, y, z], mesh.faces)


def test_the_sphere_is_the_papers():
    mesh = sphere()
    assert (len(mesh.vertices), len(mesh.faces)) == (642, 1280)
    assert np.allclose(np.linalg.norm(mesh.vertices, axis=1), 1)
    corners = mesh.vertices[mesh.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    assert ((normals * corners[:, 0]).sum(axis=1) > 0).all()  # outward
    assert len(interior_edges(mesh.faces)) == 1920


def test_a_triangle_covers_its_area_and_only_from_the_front():
    points = torch.tensor([[[-0.5, -0.5, 1.0], [0.5, -0.5, 1.0], [-0.5, 0.5, 1.0]]])
    front = render(points, np.array([[0, 1, 2]]), 64)
    assert float(front.sum()) == pytest.approx(0.5 * 32 * 32, rel=0.03)
    assert float(render(points, np.array([[0, 2, 1]]), 64).sum()) == 0


def test_the_nearer_face_hides_the_farther_one():
    near = [[-0.5, -0.5, 1.0], [0.5, -0.5, 1.0], [-0.5, 0.5, 1.0]]
    far = [[-0.9, -0.9, 2.0], [0.9, -0.9, 2.0], [-0.9, 0.9, 2.0]]
    colors = torch.tensor([[[1.0], [1.0], [1.0], [0.2], [0.2], [0.2]]])
    image = render(torch.tensor([near + far]), np.array([[0, 1, 2], [3, 4, 5]]), 64, colors)
    assert float(image[0, 1, 40, 20]) == pytest.approx(1.0)
    assert float(image[0, 1, 60, 5]) == pytest.approx(0.2, abs=0.01)


def test_right_is_right_and_up_is_up():
    camera = look_at(torch.tensor([0.0]), torch.tensor([0.0]), 2.0)
    projected = project(torch.tensor([[[0.3, 0.0, 0.0], [0.0, 0.3, 0.0], [0.0, 0.0, 0.3]]]), camera)[0]
    assert projected[0, 0] > 0.1
    assert projected[1, 1] > 0.1
    assert projected[2, 2] < 2.0  # towards the camera, which stands at +z


def test_gradients_of_colours_are_exact():
    torch.manual_seed(0)
    points = torch.tensor([[[-0.7, -0.6, 1.0], [0.8, -0.5, 1.5], [-0.4, 0.9, 1.2]]])
    colors = torch.rand(1, 3, 2, dtype=torch.float64, requires_grad=True)
    weight = torch.rand(1, 3, 8, 8, dtype=torch.float64)

    def loss(shades: torch.Tensor) -> torch.Tensor:
        return (render(points.double(), np.array([[0, 1, 2]]), 8, shades) * weight).sum()

    assert torch.autograd.gradcheck(loss, (colors,), eps=1e-4, atol=1e-6)


def test_gradients_of_vertices_point_where_the_loss_falls():
    """Against finite differences of the whole square: a step of each vertex that lowers the loss is asked for."""
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    target = torch.zeros(1, 64, 64, dtype=torch.float64)
    target[0, 10:50, 10:54] = 1

    def loss(points: torch.Tensor) -> torch.Tensor:
        return ((render(points, faces)[:, 0] - target) ** 2).sum()

    start = [[-0.4, -0.4, 1.0], [0.4, -0.4, 1.0], [0.4, 0.4, 1.0], [-0.4, 0.4, 1.0]]
    points = torch.tensor([start], dtype=torch.float64, requires_grad=True)
    loss(points).backward()
    step = 2 / 64
    alike = 0
    for vertex in range(4):
        for axis in range(2):
            ends = []
            for sign in (1, -1):
                moved = points.detach().clone()
                moved[0, vertex, axis] += sign * step
                ends.append(float(loss(moved)))
            slope, gradient = (ends[0] - ends[1]) / (2 * step), float(points.grad[0, vertex, axis])
            if abs(slope) < 5:
                continue
            assert slope * gradient > 0, (vertex, axis, slope, gradient)
            alike += 1
    assert alike >= 6
    assert float(points.grad[..., 2].abs().sum()) == 0  # depth moves no silhouette


def test_a_lost_triangle_finds_its_target():
    """The gradient reaches across empty pixels: that is what the approximation is for."""
    points = torch.tensor([[[-0.9, -0.2, 1.0], [-0.7, -0.2, 1.0], [-0.9, 0.3, 1.0]]], requires_grad=True)
    target = torch.zeros(1, 32, 32)
    target[0, 12:20, 16:24] = 1
    optimizer = torch.optim.Adam([points], lr=0.03)
    for _ in range(80):
        missed = ((1 - render(points, np.array([[0, 1, 2]]), 32)[:, 0]) * target).sum()
        optimizer.zero_grad()
        missed.backward()
        optimizer.step()
    assert float(missed) < 0.5 * float(target.sum())  # it covered nothing of it at first


def test_obj_files_are_read_and_written_and_wrong_ones_named():
    mesh = read_obj(BOX)
    assert (len(mesh.vertices), len(mesh.faces)) == (8, 12)
    again = read_obj(write_obj(mesh))
    assert np.allclose(again.vertices, mesh.vertices)
    assert np.array_equal(again.faces, mesh.faces)
    assert np.abs(normalize(mesh).vertices).max() <= 0.5
    for text, message in (("v 0 0 0\nf 1 2 3\n", "line 2"), ("v 0 x 0\n", "line 1"), ("v 0 0 0\n", "no face")):
        with pytest.raises(ValueError, match=message):
            read_obj(text)


@pytest.fixture(scope="module")
def boxes():
    rng = np.random.default_rng(0)
    return [render_views(f"box {n}", box(*rng.uniform(0.3, 1.0, 3))) for n in range(8)]


def test_one_shape_is_fitted_by_its_silhouettes(boxes):
    mesh = fit_silhouettes(boxes[0].silhouettes[::4], np.arange(0, AZIMUTHS, 4), steps=60, learning_rate=0.02)
    overlaps = [iou(a, b) for a, b in zip(render_silhouettes(mesh), boxes[0].silhouettes, strict=True)]
    assert np.mean(overlaps) > 0.9


@pytest.mark.slow
def test_a_network_learns_boxes_from_pictures_alone(boxes, tmp_path: Path):
    params = {"steps": 20, "learning_rate": 0.003, "width": 8}
    model = fit(boxes[:6], params, Recorder(tmp_path, tmp_path))
    mesh = model.predict(boxes[6].pixels[:1])[0]
    first_model, second_model = (fit(boxes[:6], params | {"steps": 2}, Recorder(tmp_path, tmp_path)) for _ in range(2))
    first, second = (m.predict(boxes[6].pixels[:1])[0].vertices for m in (first_model, second_model))
    assert np.allclose(first, second, atol=1e-6)
    overlaps = evaluate(boxes[6:], network_predictor(model), input_views=(0, 7))
    assert overlaps.silhouettes.mean() > 0.6
    assert evaluate(boxes[6:], mean_silhouettes(boxes[:6]), input_views=(0,)).visual_hulls.mean() > 0.3
    folder = tmp_path / "saved"
    folder.mkdir()
    model.save(folder)
    assert np.allclose(load(folder).predict(boxes[6].pixels[:1])[0].vertices, mesh.vertices, atol=1e-6)
    with pytest.raises(RunStopped):
        fit(boxes, params, Recorder(tmp_path, tmp_path, stop_after=0))
