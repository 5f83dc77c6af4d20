"""Every page of students and instructors in the pseudo-locale: no English stands there unmarked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from uuid import UUID, uuid4

import pytest

from lti_tool.persistence.base import Database
from lti_tool.translating import PSEUDO
from lti_tool.translating import languages as offered
from tests.web.student import FIRST, RULES, Student
from tests.web.world import STACKS, Person

SPOKEN = ("aria-label", "alt", "placeholder", "title")
NESTED = re.compile(r"⟦[^⟦⟧]*⟧")
NAMES = """Quoin CSV CLR JWT JSON YAML PNG SVG PDF ZIP QR ics Excel harbour hill Data Skills
Elsewhere
learner teacher maria María Amara English Deutsch Español SQL quoin stacks title key requires all
LinkedIn Learner Credential Wallet competency date grade note http https UTF UTC ECTS xx
May June nobody or and ingrid Pseudo Meine Abschätzung Vom Grundsatz bis zur Prüfung platform"""
ALLOWED = {word.lower() for word in re.findall(r"[^\W\d_]+", f"{NAMES} {FIRST} {RULES} {STACKS}")}
WAITING = {"progress.calendar", "sheets.export_roster", "sheets.export_completions"}
"""What is a file and no page."""

MENTORS_AND_PRIVACY = {"mentor", "privacy"}


class Words(HTMLParser):
    """Gathers what people see or hear of a page; what says that it is English is left out."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "path", "rect", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.found += [known[name] or "" for name in SPOKEN if name in known]
        if tag in self.VOID:
            return
        is_foreign = known.get("lang") in ("en", "de", "es", "ar") and tag != "html"
        if self.hidden or is_foreign or tag in ("style", "script", "textarea", "code"):
            self.hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag in self.hidden:
            while self.hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.found.append(data)


def unmarked(page: str) -> set[str]:
    """Return the words of a page that stand in no marked sentence and are no name."""
    reader = Words()
    reader.feed(page)
    # Tags may stand inside a sentence, so the brackets are matched over the whole page.
    text = "\n".join(reader.found)
    while NESTED.search(text):
        text = NESTED.sub(" ", text)
    # Codes are drawn by lot, and some have no digit.
    codes = r"\b[A-Z\d]{3,5}(?:[- ][A-Z\d]{3,5})+\b"
    text = re.sub(rf"https?://\S+|[\w.]+@[\w.]+|{codes}|[\w-]*\d[\w-]*", " ", text)
    return {word for word in re.findall(r"[^\W\d_]{2,}", text) if word.lower() not in ALLOWED}


@pytest.fixture
def student(sqlite_database: Database, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Student:
    """A student with something of everything, in a tool that offers the pseudo-locale."""
    pseudo = {**offered.LANGUAGES, PSEUDO: offered.Language("Pseudo", "en_GB")}
    monkeypatch.setattr(offered, "LANGUAGES", pseudo)
    return Student(sqlite_database, now)


def addresses(student: Student, policies: set[str], method: str) -> Iterator[str]:
    """Yield the addresses of a course that name nothing but the course."""
    app = student.world.app
    adapter = app.url_map.bind("127.0.0.1:8000")
    for rule in app.url_map.iter_rules():
        policy = getattr(app.view_functions[rule.endpoint], "policy", "")
        is_meant = (
            policy in policies and method in (rule.methods or ()) and rule.endpoint not in WAITING
        )
        if is_meant and rule.arguments == {"context_uuid"}:
            yield adapter.build(
                rule.endpoint, {"context_uuid": student.world.learner.context_uuid}, method=method
            )


def check(person: Person, method: str, path: str) -> dict[str, set[str]]:
    """Return what is unmarked on one page, by its address."""
    if method == "POST":
        answer = person.post(path, {"form_id": str(uuid4())}, **{"Accept-Language": PSEUDO})
    else:
        answer = person.get(path, **{"Accept-Language": PSEUDO})
    if answer.mimetype != "text/html" or answer.status_code in (302, 303):
        return {}
    assert answer.status_code < 500, path
    assert f'lang="{PSEUDO}"' in answer.text, path
    found = unmarked(answer.text)
    return {f"{method} {path}": found} if found else {}


def test_the_walk_notices_what_is_not_marked() -> None:
    assert unmarked('<p aria-label="⟦Fóó⟧">⟦Bár <b>⟦baz⟧</b> Ethics⟧ forgotten</p>') == {
        "forgotten"
    }
    assert unmarked('<p>Deutsch <option lang="de">Wort</option></p>') == set()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_students_have_no_unmarked_words(student: Student, method: str) -> None:
    found: dict[str, set[str]] = {}
    for path in addresses(student, {"learner"}, method):
        found |= check(student.world.learner, method, path)
    assert found == {}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_pages_of_instructors_have_no_unmarked_words(student: Student, method: str) -> None:
    found: dict[str, set[str]] = {}
    teacher = student.world.come_as("ingrid", is_instructor=True, role="administrator")
    for path in addresses(student, {"instructor"}, method):
        found |= check(teacher, method, path)
    assert found == {}


def test_pages_about_one_thing_have_no_unmarked_words(student: Student) -> None:
    learner, world = student.world.learner, student.world
    teacher = world.come_as("ingrid", is_instructor=True, role="administrator")
    evidence = f"evidence/{world.achievement('law')}"
    found = check(learner, "GET", evidence) | check(learner, "POST", evidence)
    found |= check(learner, "GET", "requests/new?stack=privacy")
    found |= check(learner, "GET", "what-if?stack=privacy&done=law&grade-law=70&done=audit")
    found |= check(learner, "GET", "what-if?stack=privacy&done=law&grade-law=700")
    found |= check(learner, "GET", f"evidence/{uuid4()}")
    found |= check(learner, "GET", "roster")
    for path in (
        f"learners/{learner.learner_uuid}",
        "roster?stack=privacy&where=close",
        "analytics?stack=privacy",
        f"attest?achievement={world.achievement('law')}",
        f"catalogue/{world.achievement('law')}",
        f"catalogue/{world.achievement('law')}?q=nothing",
    ):
        found |= check(teacher, "GET", path)
    found |= check(teacher, "POST", f"catalogue/{world.achievement('law')}")
    assert found == {}


@pytest.mark.parametrize("goal", ["Datenschutz und Verschlüsselungsverfahren", "zzz"])
def test_an_answered_goal_has_no_unmarked_words(student: Student, goal: str) -> None:
    answer = student.world.learner.post("goal", {"text": goal}, **{"Accept-Language": PSEUDO})
    assert unmarked(answer.text) <= {goal}


@pytest.mark.parametrize(
    "path", ["/", "/verify", "/shared/nothing", f"/courses/{UUID(int=7)}/progress"]
)
def test_pages_for_everybody_have_no_unmarked_words(student: Student, path: str) -> None:
    assert check(student.world.learner, "GET", path) == {}


def test_pages_of_the_builder_have_no_unmarked_words(student: Student) -> None:
    teacher = student.world.come_as("ingrid", is_instructor=True, role="administrator")
    begun = teacher.post("stacks", {"form_id": str(uuid4()), "title": "Ethics"})
    draft = begun.headers["Location"]
    found: dict[str, set[str]] = {}
    paths = (
        draft,
        f"{draft}/text",
        f"{draft}/learners",
        f"{draft}/publication",
        "stacks/versions/privacy",
        "stacks/versions/safety",
        "stacks",
    )
    for path in paths:
        found |= check(teacher, "GET", path)
    for path in (draft, f"{draft}/text", f"{draft}/publication"):
        found |= check(teacher, "POST", path)
    hidden = dict(re.findall(r'name="(form_id|revision)" value="([^"]+)"', teacher.get(draft).text))
    whole = {"/stacks/0/requires|pick": "award:safety", "/stacks/0/requires|new": "Law\nEthics"}
    assert teacher.post(draft, {**hidden, **whole}).status_code == 303
    for path in paths:
        found |= check(teacher, "GET", path)
    assert found == {}


def test_pages_of_evidence_and_tables_have_no_unmarked_words(student: Student) -> None:
    teacher = student.world.come_as("ingrid", is_instructor=True, role="administrator")
    spoken = {"Accept-Language": PSEUDO}
    piece = re.findall(r"/queue/([0-9a-f-]{36})", teacher.get("queue").text)[0]
    found = check(teacher, "GET", f"queue/{piece}") | check(teacher, "POST", f"queue/{piece}")
    learner = str(student.world.learner.learner_uuid)
    law = str(student.world.achievement("law"))
    asked = {
        "form_id": str(uuid4()),
        "achievement": law,
        "learner": learner,
        "grade": "70",
        "completed_on": "2026-05-01",
        "step": "look",
    }
    pages = [
        teacher.post("queue", {"evidence": piece, "form_id": str(uuid4())}, **spoken),
        teacher.post("attest", asked, **spoken),
        teacher.post("attest", {**asked, "grade": "7000"}, **spoken),
    ]
    table = b"learner,competency,date\nlearner,law,2026-05-01\nnobody,law,x\n"
    sent = teacher.post("tables", {"file": (BytesIO(table), "table.csv")}, **spoken)
    pages.append(teacher.get(sent.headers["Location"], **spoken))
    pages.append(teacher.post("tables", {"file": (BytesIO(b"\x00"), "table.csv")}, **spoken))
    for page in pages:
        assert page.status_code in (200, 422), page.text
        assert unmarked(page.text) == set()
    assert found == {}
