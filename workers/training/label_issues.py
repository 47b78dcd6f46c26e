"""Finding label issues: confident learning over cross-validated predictions, and near-duplicates that disagree."""

from collections import Counter
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from annotation.projects.models import Project
from annotation.quality.job_kinds import LabelIssuesPayload
from annotation.quality.models import LabelIssue
from annotation.quality.services import save_label_issues, save_near_duplicate_issues
from annotation.snapshots.split import same_pictures
from plateau.jobs.handlers import Running
from workers.training.image_features import compute_features, fetch_task_rows

FOLDS = 5
MAX_ISSUES = 500


def find_label_issues(running: Running[LabelIssuesPayload]) -> dict[str, Any]:
    """Handler of job kind `label-issues`."""
    project = Project.objects.get(pk=running.payload.project_id)
    rows = fetch_task_rows(project, states=("done",))
    running.report(done=0, total=3, message="finding near-duplicates")
    joined = b"".join(row["item__asset__fingerprint"] for row in rows)
    fingerprints = np.frombuffer(joined, dtype=np.uint8).reshape(len(rows), 256)
    matches = same_pictures(fingerprints, fingerprints)
    pairs = {(min(pair), max(pair)) for pair in zip(matches.left.tolist(), matches.right.tolist(), strict=True)}
    item_pairs = [(rows[left]["item_id"], rows[right]["item_id"]) for left, right in sorted(pairs) if left != right]
    near_duplicates = save_near_duplicate_issues(project=project, pairs=item_pairs)
    running.report(done=1, total=3, message="extracting features")
    is_single_class = project.annotation_type.is_single_class
    label_issues = _save_confident_learning_issues(project, rows) if is_single_class else 0
    running.report(done=3, total=3, message="")
    return {"items": len(rows), "near_duplicates": near_duplicates, "label_issues": label_issues}


def _save_confident_learning_issues(project: Project, rows: list[dict[str, Any]]) -> int:
    """C. Northcutt et al. (2021), "Confident learning", by cleanlab; predictions of 5-fold cross-validation."""
    from cleanlab import filter as cleanlab_filter
    from cleanlab.rank import get_label_quality_scores

    class_of = project.annotation_type.class_of
    counts = Counter(class_of(row["annotation__value"]) for row in rows)
    rows = [row for row in rows if counts[class_of(row["annotation__value"])] >= FOLDS]
    names = sorted({class_of(row["annotation__value"]) for row in rows})
    if len(names) < 2:  # a single class cannot be confused with another
        save_label_issues(project=project, reason="confident_learning", issues=[])
        return 0
    class_index = {name: index for index, name in enumerate(names)}
    labels = np.array([class_index[class_of(row["annotation__value"])] for row in rows])
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300, C=0.01))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    probabilities = cross_val_predict(model, compute_features(rows), labels, cv=folds, method="predict_proba")
    indices = np.flatnonzero(cleanlab_filter.find_label_issues(labels, probabilities))
    scores = get_label_quality_scores(labels, probabilities)
    issues = [
        LabelIssue(
            task_id=rows[index]["pk"],
            annotation_id=rows[index]["annotation_id"],
            reason="confident_learning",
            suggested_label=names[int(probabilities[index].argmax())],
            score=float(scores[index]),
        )
        for index in sorted(indices, key=lambda index: scores[index])[:MAX_ISSUES]
    ]
    save_label_issues(project=project, reason="confident_learning", issues=issues)
    return len(issues)
