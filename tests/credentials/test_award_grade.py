"""The grade of an award: how it is worked out, and that only its learner puts it in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from lti_tool.credentials.award_grade import award_grade
from lti_tool.credentials.elements import Grade
from lti_tool.errors import ConflictError, NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.personal_data import read_person
from lti_tool.services.show_grade import show_grade
from tests.credentials.descriptions import FULL
from tests.credentials.issuing import IssuingWorld
from tests.credentials.test_described import describe


def note(grade: str | None, credits: str = "5", **more: Any) -> dict[str, Any]:
    graded = {} if grade is None else {"grade": grade, "scale": "0-100"}
    return {"kind": "completion", "credits": credits, **graded, **more}


@pytest.mark.parametrize(
    ("counted", "grade", "said"),
    [
        ([note("80"), note("90")], Grade(), "85"),
        ([note("80", "10"), note("90", "5")], Grade(), "83.3"),
        ([note("80", "0"), note("90", "5")], Grade(), "85"),
        ([note("3", scale="1-5"), note("100")], Grade(), "75"),
        ([note("50"), {"kind": "award", "credits": "5"}], Grade(), "50"),
        ([note("75")], Grade("gpa", low="0", high="4"), "3"),
        ([note("75")], Grade("points", low="0", high="30"), "22.5"),
        ([note("80"), note(None)], Grade(), None),
        ([note("distinction", scale="words")], Grade(), None),
        ([note("2", scale="")], Grade(), None),
        ([{"kind": "award", "credits": "5"}], Grade(), None),
        ([], Grade(), None),
        ([note("80")], None, None),
        ([note("80")], Grade("letter"), None),
        ([note("80")], Grade("points", low="a", high="b"), None),
    ],
)
def test_the_mean_weighted_by_credits(
    counted: list[dict[str, Any]], grade: Grade | None, said: str | None
) -> None:
    assert award_grade(counted, grade) == said


@pytest.fixture
def graded(database: Database, now: datetime) -> IssuingWorld:
    """An award of 80 percent, whose achievement lets the grade be shown."""
    world = IssuingWorld(database, now)
    describe(world)
    world.complete(world.learner.learner_id, ["sql", "charts"])
    world.work()
    world.now += timedelta(seconds=2)
    return world


def choose(world: IssuingWorld, *, is_wanted: bool, learner_id: int | None = None) -> bool:
    (award,) = world.awards(world.learner.learner_id)
    found = show_grade(
        world.database,
        learner_id=learner_id or world.learner.learner_id,
        award_uuid=award,
        is_wanted=is_wanted,
        now=world.now,
    )
    world.work()
    world.now += timedelta(seconds=2)
    return found


def test_a_grade_is_in_the_credential_while_its_learner_wants_it(graded: IssuingWorld) -> None:
    (before,) = graded.documents()
    assert "result" not in before["credentialSubject"]
    assert choose(graded, is_wanted=True)
    (shown,) = graded.documents()
    (result,) = shown["credentialSubject"]["result"]
    assert result["value"] == "80"
    described = shown["credentialSubject"]["achievement"]["resultDescription"]
    assert result["resultDescription"] in [each["id"] for each in described]
    assert (shown["id"], shown["awardedDate"]) == (before["id"], before["awardedDate"])
    assert not choose(graded, is_wanted=True)
    with graded.database.writing() as session:
        assert len(read_person(session, graded.learner.learner_id)["shown_grades"]) == 1
    assert choose(graded, is_wanted=False)
    (after,) = graded.documents()
    assert "result" not in after["credentialSubject"]


def test_nobody_else_chooses_and_what_is_not_there_is_not_shown(graded: IssuingWorld) -> None:
    (stranger,) = graded.strangers(1)
    with pytest.raises(NotFoundError):
        choose(graded, is_wanted=True, learner_id=stranger)
    describe(graded, FULL.replace("    grade: {type: percent, low: 0, high: 100}\n", ""))
    with pytest.raises(ConflictError):
        choose(graded, is_wanted=True)


def test_the_page_asks_and_the_credential_follows(graded: IssuingWorld) -> None:
    (award,) = graded.awards(graded.learner.learner_id)
    page = graded.learner.get(f"credentials/{award}/page").text
    assert "Put the grade in" in page
    assert "<b>80</b>" in page
    done = graded.learner.post(f"credentials/{award}/grade", {"wanted": "1"})
    assert done.status_code == 303
    graded.work()
    assert "Take the grade out" in graded.learner.get(f"credentials/{award}/page").text
    assert "result" in graded.documents()[0]["credentialSubject"]
