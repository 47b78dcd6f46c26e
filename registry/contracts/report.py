"""The report of a contract as PDF: terms, evaluations, verdict and signatures."""

import io
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from plateau.texts import translate
from registry.contracts.report_texts import TEXTS
from registry.contracts.schemas import ContractEvaluationOut, ContractOut, contract_terms

# A standard font of PDF for Japanese: readers bring it, so nothing is embedded.
JAPANESE = "HeiseiKakuGo-W5"
WIDTH = 165.0  # of tables, in mm
GRID = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#c8ccd2")),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ]
)


def percent(value: float | None, places: int = 1) -> str:
    """A fraction as people read it."""
    return "–" if value is None else f"{100 * value:.{places}f} %"


def _moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M UTC") if value else "–"


class _Page:
    """Builds the story in one language."""

    def __init__(self, language: str) -> None:
        if JAPANESE not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE))
        self.text = {key: translate(text, language) for key, text in TEXTS.items()}
        self.story: list[Flowable] = []

    def _style(self, text: str, *, size: float = 9.0, bold: bool = False, color: str = "#1c2127") -> ParagraphStyle:
        latin = all(ord(letter) < 0x250 or letter in "–—’“”…≤≥" for letter in text)
        font = (
            ("Helvetica-Bold" if bold else "Helvetica") if latin and "≤" not in text and "≥" not in text else JAPANESE
        )
        return ParagraphStyle(
            "p",
            fontName=font,
            fontSize=size,
            leading=size * 1.45,
            textColor=colors.HexColor(color),
            wordWrap=None if latin else "CJK",
        )

    def cell(self, text: str, **style: Any) -> Paragraph:
        """A paragraph; what people wrote is escaped."""
        return Paragraph(escape(text).replace("\n", "<br/>"), self._style(text, **style))

    def heading(self, key: str) -> None:
        """A section's title."""
        self.story += [Spacer(1, 5 * mm), self.cell(self.text[key], size=12, bold=True), Spacer(1, 1.5 * mm)]

    def facts(self, rows: list[tuple[str, str]]) -> None:
        """Name and value in two columns."""
        cells = [[self.cell(self.text[key], color="#5a6470"), self.cell(value)] for key, value in rows]
        self.story.append(Table(cells, colWidths=[46 * mm, 119 * mm], hAlign="LEFT", style=GRID))

    def table(self, head: list[str], rows: list[list[str]], widths: list[float]) -> None:
        """A table with a head row that is repeated on the next page."""
        cells = [[self.cell(self.text[key], bold=True, size=8.5) for key in head]]
        cells += [[self.cell(value, size=8.5) for value in row] for row in rows]
        scale = WIDTH / sum(widths)
        columns = [width * scale * mm for width in widths]
        self.story.append(Table(cells, colWidths=columns, repeatRows=1, hAlign="LEFT", style=GRID))


def render_report(contract: ContractOut, language: str) -> bytes:
    """The PDF.

    Args:
        contract: With its evaluations, newest first.
        language: `en` or `ja`.
    """
    page = _Page(language)
    evaluation = next((evaluation for evaluation in contract.evaluations if evaluation.verdict), None)
    page.story += [
        page.cell(page.text["title"], size=9, color="#5a6470"),
        page.cell(contract.title, size=17, bold=True),
        Spacer(1, 2 * mm),
        page.cell(_verdict(page, contract, evaluation), size=13, bold=True),
        Spacer(1, 2 * mm),
    ]
    if contract.note:
        page.story.append(page.cell(contract.note))
    _add_agreement(page, contract)
    if evaluation is not None:
        _add_result(page, evaluation)
        _add_errors(page, evaluation)
        _add_subject(page, contract, evaluation)
    _add_evaluations(page, contract)
    _add_signatures(page, contract)
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=18 * mm, bottomMargin=18 * mm
    )
    document.title, document.author = contract.title, "Plateau"
    footer = f"{page.text['contract']} {contract.id} · {contract.terms_hash[:16]}"

    def numbered(canvas: Any, _document: Any) -> None:
        canvas.setFont(JAPANESE if language == "ja" else "Helvetica", 7.5)
        canvas.drawString(20 * mm, 10 * mm, footer)
        canvas.drawRightString(A4[0] - 20 * mm, 10 * mm, str(canvas.getPageNumber()))

    document.build(page.story, onFirstPage=numbered, onLaterPages=numbered)
    return out.getvalue()


def _verdict(page: _Page, contract: ContractOut, evaluation: ContractEvaluationOut | None) -> str:
    if evaluation is None:
        return page.text["state_" + contract.state]
    model = f"{evaluation.model} {evaluation.version}"
    return f"{page.text['verdict_' + evaluation.verdict]}: {model}"


def _add_agreement(page: _Page, contract: ContractOut) -> None:
    page.heading("agreed")
    terms, agreed = contract.terms, contract_terms(contract.terms)
    plan = agreed.sampling_plan(agreed.parts[0])
    method = page.text["method_" + terms.method].format(items=plan.sample_size, errors=plan.acceptance_number)
    page.facts(
        [
            ("project", contract.project),
            ("metric", page.text["metric_accuracy"]),
            ("claim", page.text["claim_text"].format(target=percent(terms.target))),
            (
                "expected",
                page.text["expected_text"].format(
                    expected=percent(terms.expected), risk=percent(terms.false_reject_risk)
                ),
            ),
            (
                "false_accept_risk",
                page.text["false_accept_text"].format(
                    risk=percent(terms.false_accept_risk), models=terms.max_submissions
                ),
            ),
            ("method", method),
            ("split", page.text["split_new_labels" if terms.new_labels_only else "split_text"]),
        ]
    )
    if len(agreed.parts) > 1:
        rows = [[part.title, part.key, percent(part.target), percent(part.expected)] for part in agreed.parts[1:]]
        page.story.append(Spacer(1, 2 * mm))
        page.table(["slice", "key", "target", "expected"], rows, [60, 60, 25, 25])


def _add_result(page: _Page, evaluation: ContractEvaluationOut) -> None:
    page.heading("result")
    rows = []
    for part in evaluation.result["parts"]:
        additional = part.get("additional_samples_needed")
        rows.append(
            [
                part["title"] or page.text["all"],
                percent(part["target"]),
                f"{part['correct']} / {part['items']}",
                percent(part["value"]),
                f"{percent(part['low'])} – {percent(part['high'])}",
                "< 0.0001" if part["p_value"] < 1e-4 else f"{part['p_value']:.4f}",
                page.text["part_" + part["state"]] + (f" (+{additional})" if additional else ""),
            ]
        )
    head = ["part", "target", "correct", "value", "interval", "p_value", "state"]
    page.table(head, rows, [38, 18, 25, 19, 33, 17, 20])
    page.story += [Spacer(1, 1.5 * mm), page.cell(page.text["result_note"], size=8, color="#5a6470")]


def _add_subject(page: _Page, contract: ContractOut, evaluation: ContractEvaluationOut) -> None:
    page.heading("evaluated")
    result = evaluation.result
    ceiling, powered = result.get("agreement") or {}, result.get("prediction_powered") or {}
    facts = [
        ("model", f"{evaluation.model} {evaluation.version} · {result.get('run', '')}"),
        ("snapshot", f"{evaluation.snapshot_version} · {evaluation.snapshot_hash}"),
        ("sampling", page.text["sampling_text"]),
        ("guideline", str(contract.facts.get("guideline_version", "–"))),
        ("before", page.text["before_text"].format(models=contract.facts.get("versions_evaluated_before", 0))),
    ]
    if ceiling.get("value") is not None:
        text = page.text["agreement_text"]
        facts.append(("agreement", text.format(items=ceiling["items"], **_percent_interval(ceiling, "share"))))
    if powered:
        text = page.text["powered_text"]
        facts.append(("powered", text.format(unlabeled=powered["unlabeled"], **_percent_interval(powered, "estimate"))))
    page.facts(facts)


def _percent_interval(interval: dict[str, Any], name: str) -> dict[str, str]:
    """Its value under `name`, and its bounds, in percent."""
    return {name: percent(interval["value"]), "low": percent(interval["low"]), "high": percent(interval["high"])}


def _add_errors(page: _Page, evaluation: ContractEvaluationOut) -> None:
    rows = [
        [error["name"], error["true_label"], error["predicted_label"], percent(error["confidence"], 0)]
        for error in evaluation.result.get("errors", [])
    ]
    if rows:
        page.heading("errors")
        page.table(["item", "true_label", "predicted_label", "confidence"], rows, [70, 40, 40, 20])


def _add_evaluations(page: _Page, contract: ContractOut) -> None:
    page.heading("evaluations")
    rows = []
    for evaluation in reversed(contract.evaluations):
        part = evaluation.result["parts"][0] if evaluation.verdict else None
        rows.append(
            [
                _moment(evaluation.evaluated_at or evaluation.created_at),
                f"{evaluation.model} {evaluation.version}",
                evaluation.created_by,
                f"{part['correct']} / {part['items']}" if part else "–",
                page.text["part_" + evaluation.verdict] if evaluation.verdict else "–",
            ]
        )
    if not rows:
        page.story.append(page.cell(page.text["no_evaluations"]))
        return
    page.table(["when", "model", "by", "correct", "state"], rows, [40, 45, 35, 25, 25])


def _add_signatures(page: _Page, contract: ContractOut) -> None:
    page.heading("signatures")
    rows = [
        [page.text["party_" + signature.party], signature.name, _moment(signature.signed_at), signature.terms_hash]
        for signature in contract.signatures
    ]
    if not rows:
        page.story.append(page.cell(page.text["no_signatures"]))
        return
    page.table(["party", "name", "when", "hash"], rows, [25, 40, 38, 67])
