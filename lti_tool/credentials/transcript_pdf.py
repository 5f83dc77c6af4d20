"""A transcript as PDF, each credential with a code that leads on.

Import it where one is made: the library takes half a second to load.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime

import segno
from fpdf import FPDF
from fpdf.enums import TextMode

from lti_tool import translating
from lti_tool.credentials.fonts import faces, faces_of
from lti_tool.credentials.transcript import Entry, Transcript
from lti_tool.translating import _, day, marked

TITLE = marked("Transcript of credentials")
LATIN = "latin"
WIDTH, MARGIN, GAP = 210.0, 18.0, 6.0
QR_SIDE = 28.0
"""Millimetres, as all sizes of a page."""

INK, SOFT, LINE = (24, 33, 31), (81, 96, 93), (214, 222, 219)
DPI_SCALE = 6
STROKE, HAIR = 0.012, 0.2


def build_pdf(transcript: Transcript, *, now: datetime) -> bytes:
    """Return the transcript as PDF (A4), with the fonts of every script that stands in it."""
    paper = _Paper(transcript, now)
    paper.head(transcript, now)
    for entry in transcript.entries:
        paper.entry(entry)
    out = io.BytesIO()
    paper.output(out)
    return out.getvalue()


def _texts(transcript: Transcript, now: datetime) -> Iterator[str]:
    yield from (transcript.person, transcript.note, _(TITLE), _("Page {page}", page=1))
    yield _("Printed on {day}. {note}", day=day(now), note="")
    for entry in transcript.entries:
        yield from (entry.title, entry.state, entry.address_words)
        yield from (text for fact in entry.facts for text in fact)


class _Paper(FPDF):
    """A4 with our fonts: those that the texts need, and no more (a large one takes a second)."""

    def __init__(self, transcript: Transcript, now: datetime) -> None:
        super().__init__()
        self.set_margins(MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.set_lang(translating.language())
        self.is_to_left = translating.direction(translating.language()) == "rtl"
        self.set_title(_(TITLE))
        self.set_creator("Quoin")
        self.set_creation_date(now)
        self.add_font(LATIN, "", faces()[0].path)
        needed = faces_of(translating.plain("".join(_texts(transcript, now))))
        for face in needed:
            self.add_font(face.name, "", face.path)
        if needed:
            self.set_fallback_fonts([face.name for face in needed], exact_match=False)
        way = "rtl" if self.is_to_left else None
        self.set_text_shaping(use_shaping_engine=True, direction=way)
        self.add_page()

    def footer(self) -> None:
        """Number the pages."""
        self.set_y(-MARGIN + 4)
        self._say(_("Page {page}", page=self.page_no()), size=8, colour=SOFT)

    def head(self, transcript: Transcript, now: datetime) -> None:
        """Print what this is, whose, and of which day."""
        self._say(_(TITLE), size=20, is_bold=True)
        if transcript.person:
            self._say(transcript.person, size=14)
        printed = _("Printed on {day}. {note}", day=day(now), note=transcript.note)
        self._say(printed, size=9, colour=SOFT)
        self.ln(GAP)

    def entry(self, entry: Entry) -> None:
        """Print one credential on one page, its code at the right."""
        if self.will_page_break(QR_SIDE + 2 * GAP):
            self.add_page()
        self.set_draw_color(*LINE)
        self.set_line_width(HAIR)
        self.line(MARGIN, self.y, WIDTH - MARGIN, self.y)
        self.ln(GAP / 2)
        page, top = self.page, self.y
        code = segno.make(entry.address, error="m", micro=False)
        picture = io.BytesIO()
        code.save(picture, kind="png", scale=DPI_SCALE, border=2)
        width = WIDTH - 2 * MARGIN - QR_SIDE - GAP
        left = MARGIN if self.is_to_left else MARGIN + width + GAP
        self.image(picture, left, top, QR_SIDE, QR_SIDE, link=entry.address, alt_text=entry.address)
        self._say(entry.title, size=13, is_bold=True, width=width)
        self._say(entry.state, size=10, width=width)
        for label, text in entry.facts:
            said = _("{label}: {value}", label=label, value=text)
            self._say(said, size=9.5, colour=SOFT, width=width)
        if self.is_to_left:
            # An address between words of the other direction is torn where a line ends.
            self._say(entry.address_words, size=8, colour=SOFT, width=width)
            self._say(entry.address, size=8, colour=SOFT, width=width)
        else:
            self._say(f"{entry.address_words} {entry.address}", size=8, colour=SOFT, width=width)
        if self.page == page:
            self.set_y(max(self.y, top + QR_SIDE))
        self.ln(GAP)

    def _say(
        self,
        text: str,
        *,
        size: float,
        is_bold: bool = False,
        colour: tuple[int, int, int] = INK,
        width: float = 0,
    ) -> None:
        # Said anew each time: what a line in two fonts has set is undone at its end, unnoticed.
        self.font_family = ""
        self.set_font(LATIN, "", size)
        self.set_text_color(*colour)
        # Letters with a thin line around them: another weight of the font takes seconds to make.
        self.text_mode = TextMode.FILL_STROKE if is_bold else TextMode.FILL
        self.set_draw_color(*(colour if is_bold else LINE))
        self.set_line_width(size * STROKE if is_bold else HAIR)
        height = size * 0.5
        if self.is_to_left and width:
            self.set_x(WIDTH - MARGIN - width)
        self.multi_cell(
            width,
            height,
            translating.plain(text),
            align="R" if self.is_to_left else "L",
            new_x="LMARGIN",
            new_y="NEXT",
        )
