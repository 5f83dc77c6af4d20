"""Moodle's answers as Moodle writes them, good and bad; the network is somebody else's matter."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lti_tool.errors import SourceError
from lti_tool.sources.evidence import FactKind, Reply
from lti_tool.sources.moodle import ACTIVITIES, CONTENTS, COURSE, GRADES, RATINGS, SITE, Moodle
from lti_tool.sources.moodle_rest import MoodleRest
from lti_tool.sources.source_problems import OF_SOURCE, TEMPORARY, WHAT, WHAT_TO_DO

NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
DONE_AT = int((NOW - timedelta(days=2)).timestamp())
GRADE = frozenset({FactKind.GRADE})
ITEM = {
    "id": 31,
    "itemname": "Quiz 1",
    "itemtype": "mod",
    "itemmodule": "quiz",
    "iteminstance": 7,
    "cmid": 12,
    "graderaw": 7.5,
    "grademin": 0,
    "grademax": 10,
    "gradedategraded": DONE_AT,
    "gradeishidden": False,
    "gradeneedsupdate": False,
}


class Site:
    """Answers functions with what a test says, and notes what was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, []  # type: ignore[var-annotated]
        self.status, self.raw, self.date = 200, b"", None

    def __call__(self, url: str, form: Mapping[str, str]) -> Reply:
        """Answer one call."""
        self.asked.append((url, dict(form)))
        found = self.answers.get(form["wsfunction"])
        if callable(found):
            found = found(form)
        body = self.raw or json.dumps(found).encode()
        return Reply(self.status, body, "application/json", 7.0, self.date)

    def open(self) -> Moodle:
        """Return the adapter that asks it."""
        return Moodle(MoodleRest("https://moodle.example/", "secret", self), NOW)


def _grades(*items: Mapping[str, Any], user: Any = 4, course: Any = 2) -> dict[str, Any]:
    entry = {"courseid": course, "userid": user, "gradeitems": list(items)}
    return {"usergrades": [entry], "warnings": []}


def _code(site: Site, kinds: frozenset[FactKind] = GRADE) -> str:
    with pytest.raises(SourceError) as caught:
        site.open().read("2", kinds, ["4"], None)
    return caught.value.code


def test_a_grade_as_moodle_writes_it() -> None:
    site = Site(**{GRADES: _grades(ITEM)})
    (fact,) = site.open().read("2", GRADE, ["4"], None).facts
    assert (fact.subject, fact.percent, fact.item.detail) == ("4", Decimal(75), "quiz 7")
    assert fact.at == NOW - timedelta(days=2)
    url, form = site.asked[0]
    assert url == "https://moodle.example/webservice/rest/server.php"
    assert (form["courseid"], form["userid"], form["moodlewsrestformat"]) == ("2", "0", "json")


@pytest.mark.parametrize("flag", ["gradeishidden", "gradeneedsupdate"])
def test_a_grade_that_learners_must_not_see_yet_is_no_fact(flag: str) -> None:
    page = Site(**{GRADES: _grades({**ITEM, flag: True})}).open().read("2", GRADE, ["4"], None)
    assert page.facts == []
    assert [item.key for item in page.items] == ["31"]


@pytest.mark.parametrize(
    "changes",
    [
        {"graderaw": "7.5"},
        {"graderaw": True},
        {"grademax": 0},
        {"grademax": None},
        {"id": None},
        {"id": 1.5},
        {"id": "3\x001"},
        {"id": "9" * 300},
        {"gradeishidden": "no"},
        {"gradedategraded": "yesterday"},
        {"gradedategraded": 10**17},
        {"itemname": ["Quiz"]},
    ],
)
def test_wrong_types_are_refused_whole(changes: dict[str, Any]) -> None:
    good = {**ITEM, "id": 30}
    assert _code(Site(**{GRADES: _grades(good, {**ITEM, **changes})})) == "source-wrong-shape"


@pytest.mark.parametrize("answer", [[], {}, None, "x", {"usergrades": {}}, {"usergrades": [1]}])
def test_another_shape_is_refused(answer: Any) -> None:
    assert _code(Site(**{GRADES: answer})) == "source-wrong-shape"


def test_one_person_told_twice_in_two_ways_is_refused() -> None:
    twice = _grades(ITEM, {**ITEM, "graderaw": 3})
    assert _code(Site(**{GRADES: twice})) == "source-wrong-shape"
    same = Site(**{GRADES: _grades(ITEM, ITEM)}).open().read("2", GRADE, ["4"], None)
    assert len(same.facts) == 1


def test_another_course_and_another_person_are_refused() -> None:
    assert _code(Site(**{GRADES: _grades(ITEM, course=3)})) == "source-foreign"
    rating = {"userid": 5, "courseid": 2, "competencyid": 9, "proficiency": True}
    ratings = {"usercompetencies": [{"usercompetencycourse": rating}]}
    kinds = frozenset({FactKind.COMPETENCY})
    assert _code(Site(**{RATINGS: ratings}), kinds) == "source-foreign"


def test_the_future_is_refused_and_a_clock_a_little_ahead_is_not() -> None:
    soon = {**ITEM, "gradedategraded": int(NOW.timestamp()) + 200}
    assert Site(**{GRADES: _grades(soon)}).open().read("2", GRADE, ["4"], None).facts
    late = {**ITEM, "gradedategraded": int(NOW.timestamp()) + 400}
    assert _code(Site(**{GRADES: _grades(late)})) == "source-clock"


@pytest.mark.parametrize(
    ("errorcode", "code"),
    [
        ("invalidtoken", "source-token"),
        ("accessexception", "source-function"),
        ("nopermissions", "source-capability"),
        ("requireloginerror", "source-course"),
        ("somethingnew", "source-error"),
        (17, "source-error"),
    ],
)
def test_a_refusal_with_http_200_is_a_refusal(errorcode: Any, code: str) -> None:
    refusal = {"exception": "moodle_exception", "errorcode": errorcode, "message": "Amara Nwosu"}
    with pytest.raises(SourceError) as caught:
        Site(**{GRADES: refusal}).open().read("2", GRADE, ["4"], None)
    assert caught.value.code == code
    assert "Amara" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "code"), [(503, "source-busy"), (500, "source-server-error"), (404, "source-status")]
)
def test_a_status_is_a_problem(status: int, code: str) -> None:
    site = Site(**{GRADES: _grades(ITEM)})
    site.status = status
    assert _code(site) == code


def test_a_warning_before_the_brace_is_no_json() -> None:
    site = Site()
    site.raw = b"<br />Warning: Undefined variable{}"
    assert _code(site) == "source-not-json"


def test_activities_are_done_passed_or_failed() -> None:
    def answer(form: Mapping[str, str]) -> Any:
        state = int(form["userid"])
        row = {"cmid": 12, "modname": "quiz", "instance": 7, "state": state, "timecompleted": 0}
        return {"statuses": [row]}

    page = (
        Site(**{ACTIVITIES: answer})
        .open()
        .read("2", frozenset({FactKind.ACTIVITY}), ["0", "1", "2", "3"], None)
    )
    assert [fact.is_reached for fact in page.facts] == [False, True, True, False]


def test_who_has_left_the_course_is_passed_over() -> None:
    def answer(form: Mapping[str, str]) -> Any:
        if form["userid"] == "4":
            return {"exception": "x", "errorcode": "usernotenroled", "message": ""}
        status = {"completed": True, "completions": [{"timecompleted": DONE_AT}]}
        return {"completionstatus": status}

    page = Site(**{COURSE: answer}).open().read("2", frozenset({FactKind.COURSE}), ["4", "5"], None)
    assert [(fact.subject, fact.is_reached) for fact in page.facts] == [("5", True)]


def test_many_people_come_page_by_page_and_each_once() -> None:
    def answer(form: Mapping[str, str]) -> Any:
        return {"completionstatus": {"completed": form["userid"] != "", "completions": []}}

    source, cursor, seen = Site(**{COURSE: answer}).open(), None, []
    people = [str(number) for number in range(25)]
    while True:
        page = source.read("2", frozenset({FactKind.COURSE}), people, cursor)
        seen += [fact.subject for fact in page.facts]
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(people)


def test_a_kind_that_is_not_allowed_does_not_hide_the_others() -> None:
    refused = {"exception": "x", "errorcode": "accessexception", "message": ""}
    modules = [{"id": 12, "name": "Lesson", "modname": "lesson", "instance": 3, "completion": 1}]
    site = Site(**{GRADES: refused, CONTENTS: [{"modules": modules}]})
    site.answers["core_competency_list_course_competencies"] = refused
    kinds = [item.kind for item in site.open().offers("2", "4")]
    assert kinds == [FactKind.ACTIVITY, FactKind.COURSE]


def test_a_check_says_what_is_missing_and_notices_the_clock() -> None:
    site = Site(**{SITE: {"release": "4.5.6", "functions": [{"name": GRADES}]}})
    site.answers[GRADES] = {"exception": "x", "errorcode": "nopermissions", "message": ""}
    site.date = NOW - timedelta(hours=1)  # type: ignore[assignment]
    found = {one.name: one for one in site.open().check("2", "4")}
    assert found["The token"].is_good
    assert found["The clock"].code == "source-clock"
    assert found[GRADES].code == "source-capability"
    assert "moodle/grade:viewall" in found[GRADES].words
    assert found[COURSE].code == "source-function"


def test_every_problem_says_what_to_do() -> None:
    assert set(WHAT) == set(WHAT_TO_DO)
    assert set(WHAT) >= TEMPORARY | OF_SOURCE
