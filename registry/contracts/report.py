"""The signed report as a PDF: what was agreed, what was judged, what came of it, and who says so."""

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

from registry.contracts.report_texts import TEXTS
from registry.contracts.schemas import ContractOut, LookOut, terms_of

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
    """A share as people read it."""
    return "–" if value is None else f"{100 * value:.{places}f} %"


def _moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M UTC") if value else "–"


class _Page:
    """Builds the story in one language."""

    def __init__(self, language: str) -> None:
        if JAPANESE not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(JAPANESE))
        self.text = TEXTS[language]
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


def report(contract: ContractOut, language: str) -> bytes:
    """The PDF.

    Args:
        contract: With its looks, newest first.
        language: `en` or `ja`.
    """
    page = _Page(language)
    look = next((one for one in contract.looks if one.verdict), None)
    page.story += [
        page.cell(page.text["title"], size=9, color="#5a6470"),
        page.cell(contract.title, size=17, bold=True),
        Spacer(1, 2 * mm),
        page.cell(_verdict(page, contract, look), size=13, bold=True),
        Spacer(1, 2 * mm),
    ]
    if contract.note:
        page.story.append(page.cell(contract.note))
    _agreed(page, contract)
    if look is not None:
        _result(page, look)
        _mistakes(page, look)
        _judged(page, contract, look)
    _looks(page, contract)
    _signatures(page, contract)
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


def _verdict(page: _Page, contract: ContractOut, look: LookOut | None) -> str:
    if look is None:
        return page.text["state_" + contract.state]
    model = f"{look.model} {look.version}"
    return f"{page.text['verdict_' + look.verdict]}: {model}"


def _agreed(page: _Page, contract: ContractOut) -> None:
    page.heading("agreed")
    terms, parts = contract.terms, terms_of(contract.terms)
    design = parts.design(parts.parts[0])
    method = page.text["method_" + terms.method].format(items=design.sample_size, errors=design.acceptance_number)
    page.facts(
        [
            ("project", contract.project),
            ("metric", page.text["metric_accuracy"]),
            ("claim", page.text["claim_text"].format(target=percent(terms.target))),
            ("good", page.text["good_text"].format(good=percent(terms.good), risk=percent(terms.refuse_risk))),
            ("accept_risk", page.text["accept_text"].format(risk=percent(terms.accept_risk), models=terms.candidates)),
            ("method", method),
            ("split", page.text["split_fresh" if terms.fresh else "split_text"]),
        ]
    )
    if len(parts.parts) > 1:
        rows = [[part.title, part.key, percent(part.target), percent(part.good)] for part in parts.parts[1:]]
        page.story.append(Spacer(1, 2 * mm))
        page.table(["slice", "key", "floor", "good"], rows, [60, 60, 25, 25])


def _result(page: _Page, look: LookOut) -> None:
    page.heading("result")
    rows = []
    for part in look.result["parts"]:
        missing = part.get("missing")
        rows.append(
            [
                part["title"] or page.text["all"],
                percent(part["target"]),
                f"{part['right']} / {part['items']}",
                percent(part["value"]),
                f"{percent(part['low'])} – {percent(part['high'])}",
                "< 0.0001" if part["p_value"] < 1e-4 else f"{part['p_value']:.4f}",
                page.text["part_" + part["state"]] + (f" (+{missing})" if missing else ""),
            ]
        )
    head = ["part", "floor", "right", "value", "interval", "p_value", "state"]
    page.table(head, rows, [38, 18, 25, 19, 33, 17, 20])
    page.story += [Spacer(1, 1.5 * mm), page.cell(page.text["result_note"], size=8, color="#5a6470")]


def _judged(page: _Page, contract: ContractOut, look: LookOut) -> None:
    page.heading("judged")
    result = look.result
    ceiling, powered = result.get("agreement") or {}, result.get("prediction_powered") or {}
    facts = [
        ("model", f"{look.model} {look.version} · {result.get('run', '')}"),
        ("snapshot", f"{look.snapshot_version} · {look.snapshot_hash}"),
        ("sampling", page.text["sampling_text"]),
        ("guideline", str(contract.facts.get("guideline_version", "–"))),
        ("before", page.text["before_text"].format(models=contract.facts.get("judged_before", 0))),
    ]
    if ceiling.get("value") is not None:
        text = page.text["agreement_text"]
        facts.append(("agreement", text.format(items=ceiling["items"], **_span(ceiling))))
    if powered:
        text = page.text["powered_text"]
        facts.append(("powered", text.format(unlabeled=powered["unlabeled"], **_span(powered))))
    page.facts(facts)


def _span(one: dict[str, Any]) -> dict[str, str]:
    return {key: percent(one[key]) for key in ("value", "low", "high")}


def _mistakes(page: _Page, look: LookOut) -> None:
    rows = [
        [one["name"], one["truth"], one["answered"], percent(one["confidence"], 0)]
        for one in look.result.get("mistakes", [])
    ]
    if rows:
        page.heading("mistakes")
        page.table(["item", "truth", "answered", "confidence"], rows, [70, 40, 40, 20])


def _looks(page: _Page, contract: ContractOut) -> None:
    page.heading("looks")
    rows = []
    for one in reversed(contract.looks):
        part = one.result["parts"][0] if one.verdict else None
        rows.append(
            [
                _moment(one.judged_at or one.created_at),
                f"{one.model} {one.version}",
                one.by,
                f"{part['right']} / {part['items']}" if part else "–",
                page.text["part_" + one.verdict] if one.verdict else "–",
            ]
        )
    if not rows:
        page.story.append(page.cell(page.text["no_looks"]))
        return
    page.table(["when", "model", "by", "right", "state"], rows, [40, 45, 35, 25, 25])


def _signatures(page: _Page, contract: ContractOut) -> None:
    page.heading("signatures")
    rows = [
        [page.text["party_" + one.party], one.name, _moment(one.signed_at), one.terms_hash]
        for one in contract.signatures
    ]
    if not rows:
        page.story.append(page.cell(page.text["no_signatures"]))
        return
    page.table(["party", "name", "when", "hash"], rows, [25, 40, 38, 67])
