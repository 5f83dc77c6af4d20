"""Moodle as an evidence source: grades, activity and course completion, competencies.

The functions, what they answer and which capabilities they ask for are those of Moodle 4.5. Grades
of a whole course come in one call; everything else, and grades of a course that is too large for
that, is asked person by person, some at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lti_tool.errors import SourceError
from lti_tool.sources.evidence import Fact, FactKind, FactPage, Finding, Item
from lti_tool.sources.moodle_rest import MoodleRest, ident, member, rows, text, whole
from lti_tool.sources.source_problems import problem

SITE = "core_webservice_get_site_info"
CONTENTS = "core_course_get_contents"
GRADES = "gradereport_user_get_grade_items"
ACTIVITIES = "core_completion_get_activities_completion_status"
COURSE = "core_completion_get_course_completion_status"
COMPETENCIES = "core_competency_list_course_competencies"
RATINGS = "report_competency_data_for_report"

NEEDED: Mapping[str, str] = {
    CONTENTS: "moodle/course:view",
    GRADES: "gradereport/user:view, moodle/grade:viewall",
    ACTIVITIES: "report/progress:view",
    COURSE: "report/completion:view",
    COMPETENCIES: "moodle/competency:coursecompetencyview",
    RATINGS: "moodle/competency:usercompetencyview",
}
"""Function -> capabilities that the service's user needs for it in the course."""

PEOPLE_AT_ONCE = 10
MOST_ROWS = 50_000
LONGEST_DETAIL = 200
TOLERANCE = timedelta(minutes=5)
"""By so much the clock of the source may be ahead of ours."""

OPTIONAL = frozenset({"source-function", "source-capability", "source-error", "source-no-criteria"})
ABSENT = frozenset({"source-not-enrolled"})
PASSED = {0: False, 1: True, 2: True, 3: False}
"""The states of activity completion; 1 is done, 2 done and passed, 3 done and failed."""

EACH, REST = "each>", "rest>"
"""Beginnings of a cursor: what is asked for each person, with grades or without them."""


class Moodle:
    """A Moodle site, asked with one token; ``now`` is when it is asked."""

    def __init__(self, rest: MoodleRest, now: datetime) -> None:
        self._rest, self._now = rest, now

    def check(self, course: str | None, person: str | None) -> Iterator[Finding]:
        """Yield what is in order and what is missing; a course and a person of it allow more."""
        try:
            site, reply = self._rest.call(SITE)
            allowed = {text(one, "name") for one in rows(site, "functions")}
        except SourceError as error:
            yield Finding("The token", is_good=False, words=error.message, code=error.code)
            return
        yield Finding("The token", is_good=True, words=f"Moodle {text(site, 'release')}".strip())
        if reply.date is not None and abs(reply.date - self._now) > TOLERANCE:
            yield _bad("The clock", problem("source-clock"))
        for function, capabilities in NEEDED.items():
            if function not in allowed:
                yield Finding(
                    function,
                    is_good=False,
                    words="Add this function to the external service of the token.",
                    code="source-function",
                )
            elif course is not None:
                yield self._try(function, capabilities, course, person)

    def offers(self, course: str, person: str | None) -> Sequence[Item]:
        """Return what the course has about which facts can be read."""
        found: list[Item] = []
        refusals: list[SourceError] = []
        parts: tuple[Callable[[], list[Item]], ...] = (
            lambda: self._grade_items(course, person),
            lambda: self._activities(course),
            lambda: self._competencies(course),
        )
        for part in parts:
            try:
                found += part()
            except SourceError as error:
                if error.code not in OPTIONAL:
                    raise
                refusals.append(error)
        if refusals and not found:
            raise refusals[0]
        return [*found, _course_item(course)]

    def read(
        self, course: str, kinds: frozenset[FactKind], people: Sequence[str], cursor: str | None
    ) -> FactPage:
        """Return one page of facts about ``people`` (their ids there), from ``cursor`` on.

        Grades of a whole course may name others, too, who are in the course there alone.
        """
        if not people:
            return FactPage([], [], None)
        if cursor is None and FactKind.GRADE in kinds:
            try:
                facts, items = self._grades(course, "0")
                rest = REST if kinds - {FactKind.GRADE} else None
                return FactPage(facts, items, rest)
            except SourceError as error:
                if error.code != "source-too-large":
                    raise
                cursor = EACH
        return self._some(course, kinds, people, cursor or REST)

    def _some(
        self, course: str, kinds: frozenset[FactKind], people: Sequence[str], cursor: str
    ) -> FactPage:
        """Ask about the next people, one by one."""
        mode = EACH if cursor.startswith(EACH) else REST
        left = [one for one in sorted(people) if one > cursor.removeprefix(mode)]
        asked = left[:PEOPLE_AT_ONCE]
        wanted = kinds if mode == EACH else kinds - {FactKind.GRADE}
        facts: list[Fact] = []
        items: dict[tuple[FactKind, str], Item] = {}
        for one in asked:
            self._person(course, one, wanted, facts, items)
        more = len(left) > len(asked)
        return FactPage(facts, list(items.values()), mode + asked[-1] if more else None)

    def _person(
        self,
        course: str,
        person: str,
        kinds: frozenset[FactKind],
        facts: list[Fact],
        items: dict[tuple[FactKind, str], Item],
    ) -> None:
        readers: Mapping[FactKind, Callable[[str, str], tuple[list[Fact], list[Item]]]] = {
            FactKind.GRADE: self._grades,
            FactKind.ACTIVITY: self._states,
            FactKind.COURSE: self._course,
            FactKind.COMPETENCY: self._ratings,
        }
        for kind in sorted(kinds):
            try:
                told, seen = readers[kind](course, person)
            except SourceError as error:
                if error.code in ABSENT or error.code == "source-no-criteria":
                    continue
                raise
            facts += told
            items |= {(item.kind, item.key): item for item in seen}

    def _grades(self, course: str, person: str) -> tuple[list[Fact], list[Item]]:
        answer, _ = self._rest.call(GRADES, courseid=course, userid=person)
        facts: dict[tuple[str, str], Fact] = {}
        items: dict[str, Item] = {}
        entries = rows(answer, "usergrades")
        for entry in entries:
            subject = ident(entry, "userid")
            if ident(entry, "courseid") != course or person not in ("0", subject):
                raise problem("source-foreign")
            for row in rows(entry, "gradeitems"):
                item = _grade_item(row)
                items[item.key] = item
                fact = self._grade(subject, item, row)
                if fact is not None and facts.setdefault((subject, item.key), fact) != fact:
                    raise problem("source-wrong-shape")
            if len(facts) > MOST_ROWS:
                raise problem("source-too-large")
        return list(facts.values()), list(items.values())

    def _grade(self, subject: str, item: Item, row: Mapping[str, Any]) -> Fact | None:
        """Return a grade; None where it is hidden from the learner, or being computed anew."""
        if _flag(row, "gradeishidden") or _flag(row, "gradeneedsupdate"):
            return None
        raw = _number(row, "graderaw")
        low, high = _number(row, "grademin"), _number(row, "grademax")
        original = {name: row.get(name) for name in ("graderaw", "grademin", "grademax")}
        at = self._moment(whole(row, "gradedategraded"))
        if raw is None:
            return Fact(subject, item, at=at, original=original)
        if low is None or high is None or high <= low:
            raise problem("source-wrong-shape")
        return Fact(subject, item, (raw - low) * 100 / (high - low), at=at, original=original)

    def _states(self, course: str, person: str) -> tuple[list[Fact], list[Item]]:
        answer, _ = self._rest.call(ACTIVITIES, courseid=course, userid=person)
        facts, items = [], []
        for row in rows(answer, "statuses"):
            item = Item(FactKind.ACTIVITY, ident(row, "cmid"), "", _module(row))
            state = whole(row, "state")
            if state not in PASSED:
                raise problem("source-wrong-shape")
            at = self._moment(whole(row, "timecompleted"))
            original = {"state": state, "timecompleted": row.get("timecompleted")}
            facts.append(Fact(person, item, None, PASSED[state], at, original))
            items.append(item)
        return facts, items

    def _course(self, course: str, person: str) -> tuple[list[Fact], list[Item]]:
        answer, _ = self._rest.call(COURSE, courseid=course, userid=person)
        status = member(answer, "completionstatus")
        is_done = member(status, "completed")
        if not isinstance(is_done, bool):
            raise problem("source-wrong-shape")
        times = [whole(row, "timecompleted") or 0 for row in rows(status, "completions")]
        at = self._moment(max(times, default=0)) if is_done else None
        item = _course_item(course)
        return [Fact(person, item, None, is_done, at, {"completed": is_done})], [item]

    def _ratings(self, course: str, person: str) -> tuple[list[Fact], list[Item]]:
        answer, _ = self._rest.call(RATINGS, courseid=course, userid=person, moduleid=0)
        facts, items = [], []
        for entry in rows(answer, "usercompetencies"):
            row = member(entry, "usercompetencycourse")
            if (ident(row, "userid"), ident(row, "courseid")) != (person, course):
                raise problem("source-foreign")
            item = Item(FactKind.COMPETENCY, ident(row, "competencyid"), "")
            reached = _tristate(row, "proficiency")
            original = {name: row.get(name) for name in ("proficiency", "grade", "gradename")}
            at = self._moment(whole(row, "timemodified")) if reached else None
            facts.append(Fact(person, item, None, reached, at, original))
            items.append(item)
        return facts, items

    def _grade_items(self, course: str, person: str | None) -> list[Item]:
        return self._grades(course, person or "0")[1]

    def _activities(self, course: str) -> list[Item]:
        answer, _ = self._rest.call(CONTENTS, courseid=course)
        modules = [row for section in rows(answer) for row in rows(section, "modules")]
        return [
            Item(FactKind.ACTIVITY, ident(row, "id"), text(row, "name"), _module(row))
            for row in modules
            if whole(row, "completion", 0)
        ]

    def _competencies(self, course: str) -> list[Item]:
        answer, _ = self._rest.call(COMPETENCIES, id=course)
        found = [member(row, "competency") for row in rows(answer)]
        return [
            Item(FactKind.COMPETENCY, ident(row, "id"), text(row, "shortname")) for row in found
        ]

    def _try(self, function: str, capabilities: str, course: str, person: str | None) -> Finding:
        named: dict[str, object] = {"id" if function == COMPETENCIES else "courseid": course}
        if function in (GRADES, ACTIVITIES, COURSE, RATINGS):
            if person is None:
                return Finding(function, is_good=True, words="allowed; not tried without a learner")
            named["userid"] = person
        if function == RATINGS:
            named["moduleid"] = 0
        try:
            self._rest.call(function, **named)
        except SourceError as error:
            if error.code == "source-no-criteria":
                return Finding(function, is_good=True, words=error.message)
            words = f"{error.message} Needed: {capabilities}."
            return Finding(function, is_good=False, words=words, code=error.code)
        return Finding(function, is_good=True, words="answers")

    def _moment(self, seconds: int | None) -> datetime | None:
        if not seconds:
            return None
        try:
            at = datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, OSError, ValueError):
            raise problem("source-wrong-shape") from None
        if at - self._now > TOLERANCE:
            raise problem("source-clock")
        return at


def _grade_item(row: Mapping[str, Any]) -> Item:
    kind = text(row, "itemtype")
    name = text(row, "itemname") or {"course": "Course total"}.get(kind, kind)
    detail = f"{text(row, 'itemmodule')} {row.get('iteminstance')}" if kind == "mod" else kind
    detail = detail[:LONGEST_DETAIL]
    return Item(FactKind.GRADE, ident(row, "id"), name, detail)


def _course_item(course: str) -> Item:
    return Item(FactKind.COURSE, course, "Completion of the course")


def _module(row: Mapping[str, Any]) -> str:
    return f"{text(row, 'modname')} {row.get('instance')}"[:LONGEST_DETAIL]


def _flag(row: Mapping[str, Any], name: str) -> bool:
    found = row.get(name)
    if found is not None and not isinstance(found, bool):
        raise problem("source-wrong-shape")
    return bool(found)


def _tristate(row: Mapping[str, Any], name: str) -> bool:
    """Return whether somebody is proficient; Moodle writes true, false, null, 1 or 0."""
    found = member(row, name)
    if found is not None and found not in (True, False):
        raise problem("source-wrong-shape")
    return bool(found)


def _number(row: Mapping[str, Any], name: str) -> Decimal | None:
    found = row.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise problem("source-wrong-shape")
    return Decimal(str(found))


def _bad(name: str, error: SourceError) -> Finding:
    return Finding(name, is_good=False, words=error.message, code=error.code)
