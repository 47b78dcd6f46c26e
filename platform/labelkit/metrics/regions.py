"""Regions against regions by the rules of COCO (T.-Y. Lin et al. 2014), computed by pycocotools.

Boxes and masks are matched by intersection over union, keypoints by object keypoint similarity with one spread for
every point. Matching is done once; a multiset of pictures is scored by gathering the matches again.
"""

import contextlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from labelkit.annotations.base import AnnotationType
from labelkit.metrics.scores import Comparison, Index, Scores
from labelkit.targets import RegionTarget

SIGMA = 0.05
MAX_DETECTIONS = 100  # of a picture
IOU_TYPES = {"box": "bbox", "mask": "segm", "skeleton": "keypoints"}  # by geometry, in words of pycocotools


@dataclass(frozen=True)
class RegionScores(Scores):
    """Regions of each output beside the true ones.

    `iou_type` is one of `IOU_TYPES`; `sizes` are (width, height) of the pictures.
    """

    keys: ClassVar[tuple[str, ...]] = ("ap50", "ap", "ap75")
    iou_type: str
    truth: Sequence[Sequence[RegionTarget]]
    outputs: Sequence[Sequence[RegionTarget]]
    sizes: Sequence[tuple[int, int]]
    labels: list[str]

    @classmethod
    def applies_to(cls, annotation_type: AnnotationType) -> bool:
        """To regions of one geometry that COCO has rules for."""
        geometries = annotation_type.geometries
        return annotation_type.model_output == "regions" and len(geometries) == 1 and geometries[0] in IOU_TYPES

    @classmethod
    def compare(cls, comparison: Comparison) -> "RegionScores":
        """See `Scores`."""
        annotation_type = comparison.annotation_type
        return cls(
            IOU_TYPES[annotation_type.geometries[0]],
            [item.target for item in comparison.items],
            [annotation_type.training_target(output) for output in comparison.outputs],
            [item.size for item in comparison.items],
            comparison.labels,
        )

    @property
    def item_count(self) -> int:
        """See `Scores`."""
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
            outputs = COCO()
            outputs.dataset = {**truth.dataset, "annotations": list(self._rows(self.outputs))}
            outputs.createIndex()
            matched = COCOeval(truth, outputs, self.iou_type)
            matched.params.maxDets = [MAX_DETECTIONS]
            matched.params.areaRng, matched.params.areaRngLbl = [[0, 1e10]], ["all"]
            if self.iou_type == "keypoints":
                matched = _with_one_sigma(matched, self.labels, self.truth)
            matched.evaluate()
        return matched

    def _rows(self, items: Sequence[Sequence[RegionTarget]]) -> Iterator[dict[str, object]]:
        category_by_label = {label: number + 1 for number, label in enumerate(self.labels)}
        number = 0
        for image, regions in enumerate(items):
            for region in regions:
                if region.label not in category_by_label:
                    continue
                number += 1
                row = {
                    "id": number,
                    "image_id": image + 1,
                    "category_id": category_by_label[region.label],
                    "score": region.score,
                    "iscrowd": 0,
                }
                yield row | _COCO_FIELDS[self.iou_type](region, self.sizes[image])

    def _precision(self, index: Index) -> NDArray[np.float64]:
        """(thresholds, 101 recalls, labels); −1 where a label does not occur."""
        matched = self._matched
        images, labels = len(matched.params.imgIds), len(self.labels)
        if not images or not labels:
            return np.zeros((10, 101, 0))
        every, evaluated = matched.evalImgs, np.array(matched.evalImgs, dtype=object).reshape(labels, images)
        try:
            # `accumulate` walks category, area and image in this order and looks at nothing else.
            matched.evalImgs = list(evaluated[:, index].ravel())
            params = matched._paramsEval
            before, params.imgIds = params.imgIds, list(range(len(index)))
            own, matched.params.imgIds = matched.params.imgIds, list(range(len(index)))
            with contextlib.redirect_stdout(io.StringIO()):
                matched.accumulate()
            return np.asarray(matched.eval["precision"][:, :, :, 0, 0], dtype=np.float64)
        finally:
            matched.evalImgs, params.imgIds, matched.params.imgIds = every, before, own

    def values(self, index: Index) -> dict[str, float]:
        """`ap50` and `ap75` at one threshold, `ap` over .50 to .95; means over the labels that occur."""
        table = self._precision(index)
        parts = {"ap50": table[0], "ap": table, "ap75": table[5]}
        return {name: _mean(part) for name, part in parts.items()}

    def class_values(self, index: Index) -> dict[str, tuple[int, float]]:
        """Regions of each label that are there, and the average precision at .50."""
        table = self._precision(index)[0]
        counts = dict.fromkeys(self.labels, 0)
        for item in index:
            for region in self.truth[int(item)]:
                if region.label in counts:
                    counts[region.label] += 1
        return {label: (count, _mean(table[:, n])) for n, (label, count) in enumerate(counts.items()) if count}


def _mean(part: NDArray[np.float64]) -> float:
    known = part[part > -1]
    return float(known.mean()) if known.size else 0.0


def _box_fields(region: RegionTarget, size: tuple[int, int]) -> dict[str, object]:
    return {"bbox": list(region.box), "area": region.box[2] * region.box[3]}


def _mask_fields(region: RegionTarget, size: tuple[int, int]) -> dict[str, object]:
    from pycocotools import mask as coco_mask

    canvas = np.zeros((size[1], size[0]), dtype=np.uint8, order="F")
    canvas[region.area] = region.bits
    rle = coco_mask.encode(canvas)
    return {"segmentation": rle, "area": float(coco_mask.area(rle)), "bbox": list(region.box)}


def _keypoint_fields(region: RegionTarget, size: tuple[int, int]) -> dict[str, object]:
    x, y, width, height = region.box
    width, height = max(width, 1.0), max(height, 1.0)
    points = region.keypoints if region.keypoints is not None else np.zeros((0, 3))
    return {
        "keypoints": points.ravel().tolist(),
        "num_keypoints": len(region.visible_keypoints),
        "area": float(width * height),
        "bbox": [x, y, width, height],
    }


_COCO_FIELDS = {"bbox": _box_fields, "segm": _mask_fields, "keypoints": _keypoint_fields}


def _with_one_sigma(evaluator: Any, labels: list[str], truth: Sequence[Sequence[RegionTarget]]) -> Any:
    """The same evaluator, able to score labels with different numbers of keypoints."""
    counts = {
        region.label: len(region.keypoints) for regions in truth for region in regions if region.keypoints is not None
    }
    compute_oks = evaluator.computeOks

    def oks(image: int, category: int) -> Any:
        evaluator.params.kpt_oks_sigmas = np.full(counts.get(labels[category - 1], 1), SIGMA)
        return compute_oks(image, category)

    evaluator.computeOks = oks
    return evaluator
