"""Labels that look wrong: confident learning over held-out predictions, and near-duplicates that disagree."""

from collections import Counter
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from annotation.projects.models import Project
from annotation.quality.job_kinds import DoubtsPayload
from annotation.quality.models import LabelDoubt
from annotation.quality.services import find_twins, save_doubts
from annotation.snapshots.split import same_pictures
from labelkit.annotations import ANNOTATION_TYPES
from plateau.jobs.handlers import Running
from workers.training.image_features import compute_features, fetch_task_rows

FOLDS = 5
SHOWN = 500


def run_doubts(running: Running[DoubtsPayload]) -> dict[str, Any]:
    """Handler of job kind `doubts`."""
    project = Project.objects.get(pk=running.payload.project_id)
    rows = fetch_task_rows(project, states=("done",))
    running.report(done=0, total=3, message="near-duplicates")
    joined = b"".join(row["item__asset__fingerprint"] for row in rows)
    prints = np.frombuffer(joined, dtype=np.uint8).reshape(len(rows), 256)
    found = same_pictures(prints, prints)
    both = {(min(pair), max(pair)) for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)}
    pairs = [(rows[i]["item_id"], rows[j]["item_id"]) for i, j in sorted(both) if i != j]
    twins = find_twins(project=project, pairs=pairs)
    running.report(done=1, total=3, message="features")
    doubtful = _confident_learning(project, rows) if ANNOTATION_TYPES[project.kind].is_single_class else 0
    running.report(done=3, total=3, message="")
    return {"items": len(rows), "near_duplicates": twins, "doubtful": doubtful}


def _confident_learning(project: Project, rows: list[dict[str, Any]]) -> int:
    """C. Northcutt et al. (2021), "Confident learning", by cleanlab; predictions of 5-fold cross-validation."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    class_of = ANNOTATION_TYPES[project.kind].class_of
    counts = Counter(class_of(row["annotation__value"]) for row in rows)
    rows = [row for row in rows if counts[class_of(row["annotation__value"])] >= FOLDS]
    names = sorted({class_of(row["annotation__value"]) for row in rows})
    if len(names) < 2:  # nothing to mix up
        save_doubts(project=project, reason="confident_learning", doubts=[])
        return 0
    number = {name: index for index, name in enumerate(names)}
    labels = np.array([number[class_of(row["annotation__value"])] for row in rows])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300, C=0.01))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    shares = cross_val_predict(model, compute_features(rows), labels, cv=folds, method="predict_proba")
    issues = np.flatnonzero(find_label_issues(labels, shares))
    scores = get_label_quality_scores(labels, shares)
    first = sorted(issues, key=lambda one: scores[one])[:SHOWN]
    doubts = [
        LabelDoubt(
            task_id=rows[one]["pk"],
            annotation_id=rows[one]["annotation_id"],
            reason="confident_learning",
            suggested=names[int(shares[one].argmax())],
            score=float(scores[one]),
        )
        for one in first
    ]
    save_doubts(project=project, reason="confident_learning", doubts=doubts)
    return len(doubts)
