"""Pictures and paper: credentials come out of them as they were, names in any script whole."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import Any

import pytest
import zxingcpp
from openbadgeslib import baking
from PIL import Image, ImageStat
from pypdf import PdfReader

from lti_tool.credentials.badge_images import PREVIEW, badge_png
from lti_tool.credentials.fonts import face_of, faces, faces_of, runs
from lti_tool.credentials.pictures import PNG, SVG, Picture
from lti_tool.credentials.recognition import png, svg
from lti_tool.credentials.transcript import Entry, Transcript
from lti_tool.credentials.transcript_pdf import build_pdf
from lti_tool.issuing.forms import Form, bake_picture
from lti_tool.translating import showing_in, speaking
from tests.credentials.issuers import TestIssuer

NAMES = [
    "Data basics",
    'Charts & "truth" <1> ]]> end',
    "مقدمة في علوم البيانات",
    "数据科学入门 データ 데이터",
    "नमस्ते दुनिया 🎓",
    "x" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_baked_credential_is_read_by_our_reader_and_by_another(name: str, now: datetime) -> None:
    document = json.dumps(TestIssuer(now).issue(name=name), ensure_ascii=False)
    picture = bake_picture(document, Form.PNG, None)
    assert png.unbake(picture).decode() == document
    assert baking.extract_png(picture, keyword=b"openbadgecredential") == document
    with Image.open(io.BytesIO(picture)) as opened:
        opened.load()
        assert opened.size == (600, 600)
    drawn = bake_picture(document, Form.SVG, None)
    assert svg.unbake(drawn).decode() == document
    found = baking.extract_svg(drawn, element="openbadges:credential", text_fallback=True)
    assert found == document
    assert b'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"' in drawn


def test_the_picture_of_an_achievement_carries_the_credential_where_it_is_of_the_form(
    now: datetime,
) -> None:
    document = json.dumps(TestIssuer(now).issue(name="Data basics"), ensure_ascii=False)
    blue = io.BytesIO()
    Image.new("RGB", (90, 90), "#2030a0").save(blue, "PNG")
    own = Picture(PNG, blue.getvalue())
    with Image.open(io.BytesIO(bake_picture(document, Form.PNG, own))) as opened:
        assert opened.size == (90, 90)
    assert b"Data basics</text>" in bake_picture(document, Form.SVG, own)
    mine = Picture(
        SVG, b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="3" height="3"/></svg>'
    )
    drawn = bake_picture(document, Form.SVG, mine)
    assert b'<rect width="3" height="3"/>' in drawn
    assert svg.unbake(drawn).decode() == document


def test_the_badge_in_pixels_shows_name_and_level() -> None:
    plain = badge_png("a")
    for name, level in (("b", ""), ("a", "EQF level 6"), ("数据", "")):
        assert badge_png(name, level) != plain, (name, level)
    with Image.open(io.BytesIO(badge_png("Data basics", size=PREVIEW))) as opened:
        assert opened.size == PREVIEW
        assert ImageStat.Stat(opened.convert("L")).stddev[0] > 5


def test_every_script_has_a_font_and_a_latin_text_loads_no_other() -> None:
    assert faces_of("Données ouvertes \u2013 Ωмега 12,5 €") == []
    for character, name in (
        ("م", "arabic"),
        ("ש", "hebrew"),
        ("न", "devanagari"),
        ("ก", "thai"),
        ("数", "cjk"),
        ("デ", "cjk"),
        ("데", "cjk"),
        ("🎓", "emoji"),
        ("a", "latin"),
        ("\ue000", "latin"),
    ):
        assert face_of(character).name == name, character
    assert [(face.name, text) for face, text in runs("SQL 数据 و b")] == [
        ("latin", "SQL "),
        ("cjk", "数据 "),
        ("arabic", "و "),
        ("latin", "b"),
    ]
    assert all(face.path.is_file() for face in faces())


def entry(number: int = 1, title: str = "Data basics") -> Entry:
    facts = [("Issuer", "Harbour University"), ("Credits", "7.5"), ("Built from", "SQL, R")]
    address = f"https://quoin.example.edu/shared/token-{number}"
    return Entry(title, "Valid on this day", facts, address, "Public page:")


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def test_a_transcript_says_in_text_what_was_awarded_and_its_code_leads_on(now: datetime) -> None:
    reader = read(build_pdf(Transcript("Amara Nwosu", "A note.", [entry()]), now=now))
    text = reader.pages[0].extract_text()
    for words in (
        "Amara Nwosu",
        "Data basics",
        "Issuer: Harbour University",
        "Credits: 7.5",
        "Built from: SQL, R",
        "Printed on 30 June 2026",
        "https://quoin.example.edu/shared/token-1",
    ):
        assert words in text, words
    [code] = [image.image for image in reader.pages[0].images]
    assert code is not None
    [read_code] = zxingcpp.read_barcodes(code.convert("L"))
    assert read_code.text == "https://quoin.example.edu/shared/token-1"
    assert reader.root_object["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Transcript of credentials"


@pytest.mark.parametrize("name", ["数据科学入门", "데이터", "नमस्ते", "Ω мега", "שלום"])
def test_names_in_other_scripts_are_text_in_fonts_that_have_them(name: str, now: datetime) -> None:
    page = read(build_pdf(Transcript("", "", [entry(title=name)]), now=now)).pages[0]
    # pypdf gives a space or a null before some letters, and Hebrew as it stands on the line.
    text = page.extract_text().replace("\0", "").replace(" ", "")
    wanted = name.replace(" ", "")
    assert wanted in text or wanted[::-1] in text
    assert "\ufffd" not in text


def test_many_credentials_are_on_several_pages_none_of_them_torn(now: datetime) -> None:
    entries = [entry(n, f"Award number {n}") for n in range(1, 31)]
    reader = read(build_pdf(Transcript("", "", entries), now=now))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 2
    for n in range(1, 31):
        [page] = [p for p in pages if f"Award number {n}\n" in p]
        assert f"/shared/token-{n}\n" in page + "\n", n
    assert sum(len(page.images) for page in reader.pages) == 30


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("de", ("Übersicht der Nachweise", "Gedruckt am 1. Juli 2026", "Seite 1")),
        ("es", ("Expediente de credenciales", "Impreso el 1 de julio de 2026", "Página 1")),
    ],
)
def test_a_transcript_is_printed_in_the_language_and_zone_of_its_reader(
    now: datetime, code: str, wanted: tuple[str, ...]
) -> None:
    with speaking(code), showing_in("Pacific/Auckland"):
        reader = read(build_pdf(Transcript("Amara", "-", [entry()]), now=now))
    text = reader.pages[0].extract_text()
    assert [words for words in wanted if words not in text] == []
    assert reader.root_object["/Lang"] == code


def test_an_arabic_transcript_runs_from_right_to_left_and_its_code_stands_at_the_left(
    now: datetime,
) -> None:
    with speaking("ar"):
        reader = read(build_pdf(Transcript("Amara", "-", [entry()]), now=now))
    places: list[float] = []

    def note(operator: bytes, operands: Any, matrix: Any, _text_matrix: Any) -> None:
        if operator == b"Do":
            places.append(matrix[4])

    page = reader.pages[0]
    text = page.extract_text(visitor_operand_before=note)
    assert "\ufffd" not in text
    assert "https://quoin.example.edu/shared/token-1" in text
    assert places
    assert max(places) < float(page.mediabox.width) / 2
    assert reader.root_object["/Lang"] == "ar"
