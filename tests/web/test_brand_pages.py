"""How an institution looks: colours that can be read, a logo that does nothing, one stylesheet."""

from __future__ import annotations

import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from lti_tool.branding import LARGEST_LOGO, LOGO_SIZE, USUAL, stylesheet
from lti_tool.colours import DARK, LIGHT, TEXT, contrast, is_colour, judge, tokens
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from tests.web.admins import Admin, last_event, sign_in
from tests.web.world import World

CSS = Path("lti_tool/web/static/quoin.css")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def world(database: Database, now: datetime) -> World:
    """Two institutions on each engine in turn."""
    return World(database, now)


@pytest.fixture
def ingrid(world: World) -> Admin:
    """An administrator of the first institution."""
    return sign_in(world, "harbour")


def png(size: tuple[int, int] = (8, 8), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, "PNG", **more)
    return out.getvalue()


def save(admin: Admin, key: str = "harbour", logo: bytes | None = None, **fields: str) -> Any:
    form: dict[str, Any] = {"name": "Harbour University", **fields}
    if logo is not None:
        form["logo"] = (io.BytesIO(logo), "logo")
    return admin.post(f"look/{key}", form)


def links(page: str) -> tuple[str | None, str | None]:
    """The addresses of the institution's stylesheet and of its logo in a page."""
    style = re.search(r'href="([^"]*/style\.css\?v=[^"]*)"', page)
    logo = re.search(r'<img class="logo" src="([^"]*)" alt="Harbour University"', page)
    return style and style.group(1), logo and logo.group(1)


def test_every_page_of_the_institution_has_its_look_and_no_other_page(
    world: World, ingrid: Admin
) -> None:
    assert links(world.learner.get("progress").text) == (None, None)
    answer = save(ingrid, logo=png(), light="#7A1F5C", dark="#F0A0D0")
    assert answer.status_code == 303
    assert last_event(world.database) == (ingrid.actor, "brand-changed")
    public = f"/issuers/{uuid_of(world)}/achievements/{world.achievement('data-basics')}"
    pages = [
        world.learner.get("progress"),
        world.teacher.get("roster"),
        ingrid.get(answer.headers["Location"]),
        world.learner.get(public, Accept="text/html"),
    ]
    for page in pages:
        style, logo = links(page.text)
        assert style is not None, page.request.path
        assert logo is not None
        assert "style=" not in page.text
    found = world.learner.get(style)
    assert found.content_type == "text/css; charset=utf-8"
    assert "immutable" in found.headers["Cache-Control"]
    assert "--accent:#7a1f5c" in found.text
    assert "dark){:root{--accent:#f0a0d0" in found.text
    stale = world.learner.get(style.replace("v=", "v=0"))
    assert stale.headers["Cache-Control"] == "public, max-age=60"
    picture = world.learner.get(logo)
    assert picture.content_type == "image/png"
    assert picture.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for page in (world.other_learner.get("progress"), sign_in(world).get("look/harbour")):
        assert links(page.text) == (None, None)


def uuid_of(world: World, key: str = "harbour") -> Any:
    with world.database.reading() as session:
        return get_institution(session, key).uuid


@pytest.mark.parametrize(
    ("fields", "at", "says"),
    [
        ({"light": "#ffff00"}, "light", "contrast of 1."),
        ({"dark": "#101080"}, "dark", "On dark pages"),
        ({"light": "red"}, "light", "Enter a colour as"),
        ({"name": " "}, "name", "Enter a name"),
        ({"light": "#0e5a60;}*{"}, "light", "Enter a colour as"),
    ],
)
def test_what_cannot_be_read_is_refused_at_the_field_with_a_colour_that_can(
    world: World, ingrid: Admin, fields: dict[str, str], at: str, says: str
) -> None:
    answer = save(ingrid, **fields)
    assert answer.status_code == 422
    error = re.search(rf'id="brand-{at}-error">([^<]*)<', answer.text)
    assert error is not None
    assert says in error.group(1)
    assert f'value="{fields[at].strip()}"' in answer.text.replace("&gt;", ">") or at == "name"
    if nearest := re.search(r"#[0-9a-f]{6}", error.group(1)):
        if "nearest" in error.group(1):
            assert save(ingrid, **{at: nearest.group()}).status_code == 303
    else:
        assert links(world.learner.get("progress").text) == (None, None)


@pytest.mark.parametrize(
    "logo",
    [
        b"GIF89a" + b"0" * 40,
        png()[:60],
        SVG.replace(b"<path", b"<script>1</script><path"),
        SVG.replace(b"<path", b'<path onload="x"'),
        b"\x89PNG\r\n\x1a\n" + b"0" * LARGEST_LOGO,
    ],
)
def test_a_logo_that_is_no_picture_is_refused(world: World, ingrid: Admin, logo: bytes) -> None:
    answer = save(ingrid, logo=logo)
    assert answer.status_code == 422
    assert 'id="brand-logo-error"' in answer.text
    assert 'value="Harbour University"' in answer.text
    assert world.learner.get(f"/brands/{uuid_of(world)}/logo").status_code == 404


def test_a_png_is_drawn_anew_an_svg_is_kept_and_a_logo_is_taken_away(
    world: World, ingrid: Admin
) -> None:
    told = PngInfo()
    told.add_text("Comment", "where I live")
    save(ingrid, logo=png((2000, 500), pnginfo=told))
    address = f"/brands/{uuid_of(world)}/logo"
    found = world.learner.get(address).data
    assert b"where I live" not in found
    assert Image.open(io.BytesIO(found)).size == LOGO_SIZE
    save(ingrid, logo=SVG)
    assert world.learner.get(address).data == SVG
    save(ingrid)
    assert world.learner.get(address).status_code == 200
    save(ingrid, no_logo="1")
    assert world.learner.get(address).status_code == 404
    assert world.learner.get(f"/brands/{uuid4()}/style.css").status_code == 404


def test_an_administrator_of_another_institution_finds_nothing(world: World) -> None:
    hana = sign_in(world, "hill")
    assert hana.get("look/harbour").status_code == 404
    assert save(hana).status_code == 404
    assert hana.get("look").headers["Location"].endswith("/admin/look/hill")
    assert sign_in(world).get("look").text.count("/admin/look/") == 2


COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))


@given(COLOURS, st.sampled_from([LIGHT, DARK]))
def test_the_nearest_colour_can_be_read_wherever_it_stands(colour: str, scheme: Any) -> None:
    nearest = judge(colour, scheme).nearest
    made = tokens(nearest, scheme)
    assert judge(nearest, scheme).passes
    for ground in (scheme.ground, scheme.face, made.tint):
        assert contrast(made.accent, ground) >= TEXT
    assert contrast(made.on_accent, made.accent) >= TEXT
    assert contrast(made.on_accent, made.press) >= TEXT
    assert all(map(is_colour, (made.accent, made.press, made.on_accent, made.tint)))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1


def test_the_schemes_are_those_of_the_stylesheet() -> None:
    css = CSS.read_text("utf-8")
    light, dark = (part.split("}")[0] for part in css.split(":root {")[1:3])
    for part, scheme, name in ((light, LIGHT, "light"), (dark, DARK, "dark")):
        found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", part))
        assert found["ground"] == scheme.ground
        assert found["face"] in (scheme.face, "#fff")
        assert (found["ink"], found["soft"]) == (scheme.ink, scheme.soft)
        assert found["accent"] == USUAL[name]
        assert judge(USUAL[name], scheme).passes
    assert "--accent:#0e5a60" in stylesheet({})
