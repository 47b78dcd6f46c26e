"""Regions against regions by the rules of COCO (T.-Y. Lin et al. 2014), computed by pycocotools.

Boxes and masks are matched by intersection over union, keypoints by object keypoint similarity with one spread for
every point. Matching is done once; a multiset of pictures is scored by gathering the matches again.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelkit.model_outputs import decode_runs
from workers.metrics.base import Index

SIGMA = 0.05
MOST = 100  # regions of a picture that count, the surest first
METRICS = ("ap", "ap50", "ap75")


@dataclass(frozen=True)
class RegionScored:
    """Answers beside the truth, as `annotation` keeps them.

    `kind` is boxes, masks or keypoints; `sizes` are (width, height) of the pictures.
    """

    kind: str
    truth: Sequence[dict[str, Any]]
    answers: Sequence[dict[str, Any]]
    sizes: Sequence[tuple[int, int]]
    labels: list[str]
    primary: str = "ap50"

    @property
    def items(self) -> int:
        return len(self.truth)

    @cached_property
    def _matched(self) -> Any:
        """A COCOeval with every match made; labels are its categories from 1, pictures its images from 1."""
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):
            truth = COCO()
            truth.dataset = {
                "info": {},
                "images": [{"id": n + 1, "width": w, "height": h} for n, (w, h) in enumerate(self.sizes)],
                "categories": [{"id": n + 1, "name": label} for n, label in enumerate(self.labels)],
                "annotations": list(self._rows(self.truth)),
            }
            truth.createIndex()
            said = COCO()
            said.dataset = {**truth.dataset, "annotations": list(self._rows(self.answers))}
            said.createIndex()
            kind = {"boxes": "bbox", "masks": "segm", "keypoints": "keypoints"}[self.kind]
            found = COCOeval(truth, said, kind)
            found.params.maxDets = [MOST]
            found.params.areaRng, found.params.areaRngLbl = [[0, 1e10]], ["all"]
            if kind == "keypoints":
                found = _one_point_spread(found, self.labels, self.truth)
            found.evaluate()
        return found

    def _rows(self, answers: Sequence[dict[str, Any]]) -> Any:
        place = {label: number + 1 for number, label in enumerate(self.labels)}
        number = 0
        for image, answer in enumerate(answers):
            for region in answer["regions"]:
                if region["label"] not in place:
                    continue
                number += 1
                row = {
                    "id": number,
                    "image_id": image + 1,
                    "category_id": place[region["label"]],
                    "score": region.get("score", 1.0),
                    "iscrowd": 0,
                }
                yield row | _shape(region, self.kind, self.sizes[image])

    def _precision(self, index: Index) -> NDArray[np.float64]:
        """(thresholds, 101 recalls, labels); −1 where a label does not occur."""
        found = self._matched
        images, labels = len(found.params.imgIds), len(self.labels)
        if not images or not labels:
            return np.zeros((10, 101, 0))
        kept, evaluated = found.evalImgs, np.array(found.evalImgs, dtype=object).reshape(labels, images)
        try:
            # `accumulate` walks category, area and image in this order and looks at nothing else.
            found.evalImgs = list(evaluated[:, index].ravel())
            params = found._paramsEval
            before, params.imgIds = params.imgIds, list(range(len(index)))
            own, found.params.imgIds = found.params.imgIds, list(range(len(index)))
            with contextlib.redirect_stdout(io.StringIO()):
                found.accumulate()
            return np.asarray(found.eval["precision"][:, :, :, 0, 0], dtype=np.float64)
        finally:
            found.evalImgs, params.imgIds, found.params.imgIds = kept, before, own

    def values(self, index: Index) -> dict[str, float]:
        """`ap50` and `ap75` at one threshold, `ap` over .50 to .95; means over the labels that occur."""
        table = self._precision(index)
        parts = {"ap50": table[0], "ap": table, "ap75": table[5]}
        return {name: _mean(part) for name, part in parts.items()}

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Regions of each label that are there, and the average precision at .50."""
        table = self._precision(index)[0]
        there = dict.fromkeys(self.labels, 0)
        for one in index:
            for region in self.truth[int(one)]["regions"]:
                if region["label"] in there:
                    there[region["label"]] += 1
        return {label: (count, _mean(table[:, n])) for n, (label, count) in enumerate(there.items()) if count}


def _mean(part: NDArray[np.float64]) -> float:
    known = part[part > -1]
    return float(known.mean()) if known.size else 0.0


def _shape(region: dict[str, Any], kind: str, size: tuple[int, int]) -> dict[str, Any]:
    if kind == "masks":
        from pycocotools import mask as coco_mask

        canvas = np.zeros((size[1], size[0]), dtype=np.uint8, order="F")
        y, x, h, w = region["y"], region["x"], region["h"], region["w"]
        canvas[y : y + h, x : x + w] = decode_runs(region["rle"], w, h)
        rle = coco_mask.encode(canvas)
        return {"segmentation": rle, "area": float(coco_mask.area(rle)), "bbox": [x, y, w, h]}
    if kind == "keypoints":
        points = np.array(region["points"], dtype=np.float64)
        there = points[points[:, 2] > 0] if (points[:, 2] > 0).any() else points
        (x, y), (right, bottom) = there[:, :2].min(axis=0), there[:, :2].max(axis=0)
        w, h = max(right - x, 1.0), max(bottom - y, 1.0)
        return {
            "keypoints": points.ravel().tolist(),
            "num_keypoints": int((points[:, 2] > 0).sum()),
            "area": float(w * h),
            "bbox": [float(x), float(y), float(w), float(h)],
        }
    return {"bbox": [region[side] for side in "xywh"], "area": region["w"] * region["h"]}


def _one_point_spread(found: Any, labels: list[str], truth: Sequence[dict[str, Any]]) -> Any:
    """The same evaluator, able to score labels with different numbers of keypoints."""
    points = {region["label"]: len(region["points"]) for one in truth for region in one["regions"]}
    plain = found.computeOks

    def oks(image: int, category: int) -> Any:
        found.params.kpt_oks_sigmas = np.full(points.get(labels[category - 1], 1), SIGMA)
        return plain(image, category)

    found.computeOks = oks
    return found
