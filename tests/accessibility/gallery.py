"""Draws docs/screenshots: ``python -m tests.accessibility.gallery [FOLDER]``.

Dates and names are always the same; ids are made anew. A picture is reduced to the colours that
it has most of: screens are made of few.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from lti_tool.credentials.recognition.pool import CheckingPool
from lti_tool.persistence import schema
from lti_tool.persistence.base import Database
from tests.accessibility.audiences import Audiences
from tests.accessibility.campus import served
from tests.accessibility.happenings import fill_campus
from tests.accessibility.looking import SCHEMES, Looker
from tests.accessibility.pages import ADMINISTRATORS, LEARNERS, PUBLIC, STAFF, Page
from tests.chromium import ARGUMENTS, PATH
from tests.conftest import NOW

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
ORIGIN = "https://quoin.harbour.example"
PHONE, DESKTOP = (360, 740), (1280, 800)
SHOW = """one => {
  const card = one.closest(".card");
  card.querySelectorAll("details").forEach(folded => { folded.open = folded.matches(".card > *") });
  card.scrollIntoView();
  scrollBy(0, -16);
}"""
COLOURS = 200
LARGEST = 150_000
"""Bytes of a picture."""


@dataclass(frozen=True)
class Shot:
    """One picture: whose page of which name, how large, and from which heading on."""

    file: str
    pages: tuple[Page, ...]
    page: str
    size: tuple[int, int]
    scheme: str = "light"
    at: str = ""


SHOTS = (
    Shot("progress-phone", LEARNERS, "progress", PHONE),
    Shot("progress-phone-dark", LEARNERS, "progress", PHONE, "dark"),
    Shot("progress-desktop", LEARNERS, "progress", DESKTOP),
    Shot("map-desktop", LEARNERS, "progress", DESKTOP, at="#award-steward"),
    Shot("requirements-phone", LEARNERS, "progress", PHONE, at="#award-steward"),
    Shot("what-if-phone", LEARNERS, "what if", PHONE),
    Shot("credentials-phone", LEARNERS, "credentials", PHONE),
    Shot("credentials-desktop", LEARNERS, "credentials", DESKTOP),
    Shot("sharing-desktop", LEARNERS, "public page", DESKTOP),
    Shot("nothing-yet-phone", LEARNERS, "progress of nothing", PHONE),
    Shot("roster-desktop", STAFF, "roster, by progress", DESKTOP),
    Shot("queue-desktop", STAFF, "queue", DESKTOP),
    Shot("record-for-many-desktop", STAFF, "look before recording", DESKTOP),
    Shot("table-desktop", STAFF, "dry run", DESKTOP),
    Shot("analytics-desktop", STAFF, "analytics", DESKTOP),
    Shot("builder-desktop", STAFF, "draft", DESKTOP),
    Shot("builder-desktop-dark", STAFF, "draft", DESKTOP, "dark"),
    Shot("builder-phone", STAFF, "draft", PHONE),
    Shot("publish-desktop", STAFF, "publication", DESKTOP),
    Shot("case-desktop", ADMINISTRATORS, "case", DESKTOP),
    Shot("effect-desktop", ADMINISTRATORS, "effect", DESKTOP),
    Shot("platform-desktop", ADMINISTRATORS, "platform", DESKTOP),
    Shot("frameworks-desktop", ADMINISTRATORS, "own frameworks", DESKTOP),
    Shot("achievement-desktop", PUBLIC, "achievement", DESKTOP),
    Shot("shared-award-phone", PUBLIC, "shared award", PHONE),
    Shot("shared-award-desktop", PUBLIC, "shared award", DESKTOP),
    Shot("verify-desktop", PUBLIC, "verified", DESKTOP),
)


def main(arguments: list[str]) -> int:
    """Draw every picture into a folder."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted = arguments[1:]
    with _looker() as looker:
        for shot in SHOTS:
            if not wanted or shot.file in wanted:
                size = _keep(_take(looker, shot), folder / f"{shot.file}.png")
                sys.stderr.write(f"{shot.file}.png: {size // 1000} kB\n")
    return 0


@contextmanager
def _looker() -> Iterator[Looker]:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database, pool = Database(f"sqlite:///{folder}/quoin.sqlite3"), CheckingPool(size=1)
        schema.upgrade(database)
        opened = playwright.chromium.launch(executable_path=PATH, args=ARGUMENTS)
        with served(database, NOW, pool, ORIGIN) as campus:
            yield Looker(opened, Audiences(campus, fill_campus(campus)), unfolds=False)
        opened.close()
        pool.close()
        database.dispose()


def _take(looker: Looker, shot: Shot) -> bytes:
    page = next(page for page in shot.pages if page.name == shot.page)
    width, height = shot.size
    tab: Any = looker.tab(page.audience)
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(**SCHEMES[shot.scheme])
    looker.look(page)
    if shot.at:
        tab.locator(shot.at).first.evaluate(SHOW)
    picture: bytes = tab.screenshot()
    return picture


def _keep(picture: bytes, path: Path) -> int:
    """Write a picture with few colours; return its size in bytes."""
    with Image.open(io.BytesIO(picture)) as drawn:
        _reduced(drawn.convert("RGB")).save(path, optimize=True)
    size = path.stat().st_size
    if size > LARGEST:
        raise SystemExit(f"{path.name} has {size} bytes; at most {LARGEST} are kept here.")
    return size


def _reduced(full: Image.Image) -> Image.Image:
    """Keep the most frequent colours as they are; any other becomes the nearest of them."""
    counted = sorted(full.getcolors(full.width * full.height) or [], reverse=True)
    colours = [colour for _, colour in counted]
    kept = colours[:COLOURS]

    def nearest(colour: tuple[int, ...]) -> int:
        far = [sum((a - b) ** 2 for a, b in zip(colour, one, strict=True)) for one in kept]
        return far.index(min(far))

    places = {colour: place for place, colour in enumerate(kept)}
    places |= {colour: nearest(colour) for colour in colours[COLOURS:]}
    pixels = bytes(places[colour] for colour in full.getdata())
    reduced = Image.frombytes("P", full.size, pixels)
    reduced.putpalette([part for colour in kept for part in colour])
    return reduced


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
