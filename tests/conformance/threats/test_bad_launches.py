"""Every broken launch of the practice LMS against the real tool over HTTP: none is let in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import requests
from sqlalchemy import func, select

from demo_lms.broken_launches import BAD_LAUNCHES, NEEDS_AN_EARLIER_LAUNCH
from demo_lms.message_kinds import DEEP_LINKING, PRIVACY, RESOURCE_LINK, REVIEW
from demo_lms.testing import RunningLMS
from lti_tool.persistence.base import Database
from lti_tool.persistence.sessions import LaunchSession
from tests.conformance.threats.arena import REFERENCE
from tests.services.practice import Practice, open_practice

COURSE = "algorithms"
PEOPLE = {RESOURCE_LINK: "amara", DEEP_LINKING: "maria", REVIEW: "maria", PRIVACY: "ingrid"}


@dataclass(frozen=True)
class Scene:
    """The tool and the LMS, running for all tests of this file."""

    practice: Practice

    @property
    def lms(self) -> RunningLMS:
        return self.practice.lms

    def sessions(self) -> int:
        with self.practice.database.reading() as session:
            return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, sqlite_template: bytes) -> Iterator[Scene]:
    """Both, with a score that a review can be about."""
    path = tmp_path_factory.mktemp("bad-launches") / "quoin.sqlite3"
    path.write_bytes(sqlite_template)
    with open_practice(Database(f"sqlite:///{path}")) as practice:
        practice.record("80")
        practice.work()
        yield Scene(practice)


def _launch(scene: Scene, name: str) -> requests.Response:
    """Begin a broken launch and post what comes of it, as a browser would."""
    visitor = scene.lms.visit(PEOPLE[BAD_LAUNCHES[name].message])
    if name in NEEDS_AN_EARLIER_LAUNCH:
        visitor.submit(visitor.follow_login(visitor.start_link(COURSE)))
    return visitor.submit(visitor.follow_login(visitor.start_bad_launch(name, COURSE)))


@pytest.mark.parametrize("name", BAD_LAUNCHES)
def test_a_broken_launch_is_refused_with_a_page_and_opens_nothing(scene: Scene, name: str) -> None:
    allowed = 1 if name in NEEDS_AN_EARLIER_LAUNCH else 0
    before = scene.sessions()
    answer = _launch(scene, name)
    assert 400 <= answer.status_code < 500, answer.text
    assert REFERENCE.search(answer.text)
    assert "lti-platform-answer" not in answer.text, "the LMS itself refused; nothing was tried"
    assert scene.sessions() <= before + allowed
