"""Edits of the tree form: what the form does not know is never touched, what is typed is kept."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lti_tool.building.checks import Known, check, with_catalogue
from lti_tool.building.edits import Edits, apply
from lti_tool.building.text import key_for, new_draft, read_draft, write_draft
from lti_tool.building.tree import is_large
from lti_tool.errors import InvalidInputError
from lti_tool.stack_text import read_document
from stacking_rules import parse_stack

ROOT = Path(__file__).resolve().parents[2]
WHOLE_DOCUMENTS = ("docs/example.yaml", "tests/rules/everything.yaml")
RULE = "/stacks/0/requires"
CATALOGUE = (
    Known("sql", "Queries in SQL", Decimal(2), "0-100", is_award=False, description="Ask."),
    Known("basics", "Basics", Decimal(7), "0-100", is_award=True),
)
NAMES = {one.key: one.name for one in CATALOGUE}


def _draft(text: str) -> dict:
    return read_draft(f"quoin: 2\nstacks:\n- key: a\n  title: A\n  requires: {text}\n")


def _edited(text: str, values: dict[str, str], act: str = "save") -> str:
    data = _draft(text)
    apply(data, Edits(values, act), NAMES)
    return write_draft(data).partition("requires: ")[2].strip()


def _words(text: str, **more: object) -> list[tuple[str, str]]:
    found = check(_draft(text), CATALOGUE, **more)
    return [(remark.place, remark.words) for remark in found.remarks]


@pytest.mark.parametrize("name", WHOLE_DOCUMENTS)
def test_nothing_changes_where_nothing_is_edited(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    before = read_document(text)
    data = read_draft(text)
    apply(data, Edits({}), {})
    after = read_document(write_draft(data))
    assert [stack.requires for stack in after.stacks] == [s.requires for s in before.stacks]
    assert after.definitions == before.definitions


def test_clauses_that_the_form_does_not_know_survive_every_edit() -> None:
    group = "{any: [y, z], window: {within: {months: 6}}}"
    rule = f"{{all: [x, {group}, {{completed: q, where: {{source: api}}}}]}}"
    values = {
        f"{RULE}|new": "More",
        f"{RULE}/all/0|grade": "50",
        f"{RULE}/all/1|kind": "at_least",
        f"{RULE}/all/1|n": "2",
    }
    data = _draft(rule)
    apply(data, Edits(values, f"up|{RULE}/all/2"), NAMES)
    found = str(data["stacks"][0]["requires"]).replace("'", "")
    assert "window: {within: {months: 6}}" in found
    assert "where: {source: api}" in found
    assert "at_least: 2" in found
    assert found.index("completed: q") < found.index("at_least: 2")


def test_titles_are_found_in_the_catalogue_and_made_where_they_are_new() -> None:
    data = new_draft("A", NAMES)
    apply(
        data, Edits({f"{RULE}|new": "queries in sql\nChäos — Theorie (1.5 credits)\n数学"}), NAMES
    )
    assert data["stacks"][0]["requires"] == {"all": ["sql", "chaos-theorie", "item"]}
    assert data["achievements"]["chaos-theorie"]["credits"] == Decimal("1.5")
    assert data["achievements"]["item"]["name"] == "数学"


def test_the_title_of_an_award_means_the_award() -> None:
    data = new_draft("A", NAMES)
    apply(data, Edits({f"{RULE}|new": "basics\nsql"}), NAMES, {"basics"})
    assert data["stacks"][0]["requires"]["all"][0] == {"award": "basics"}


def test_a_large_draft_is_said_to_be_large() -> None:
    assert not is_large(_draft("{all: [x, y]}"))
    parts = ", ".join(f"x{number}" for number in range(301))
    for rule in (f"{{all: [{parts}]}}", f"{{credits: 5, of: [{parts}]}}"):
        data = _draft(rule)
        assert is_large(data)
        assert data == _draft(rule)


def test_a_smaller_award_has_a_rule_of_its_own_and_its_key_is_free() -> None:
    data = new_draft("A", NAMES)
    apply(data, Edits({f"{RULE}|award": "Basics"}), NAMES)
    assert [stack["key"] for stack in data["stacks"]] == ["a", "basics-2"]
    assert data["stacks"][0]["requires"] == {"all": [{"award": "basics-2"}]}
    apply(data, Edits({}, "remove-stack|/stacks/1"), NAMES)
    apply(data, Edits({}, "remove-stack|/stacks/0"), NAMES)
    assert len(data["stacks"]) == 1


@pytest.mark.parametrize(
    ("act", "after"),
    [
        (f"up|{RULE}/all/1", "{all: [y, x, z]}"),
        (f"down|{RULE}/all/1", "{all: [x, z, y]}"),
        (f"up|{RULE}/all/0", "{all: [x, y, z]}"),
        (f"remove|{RULE}/all/1", "{all: [x, z]}"),
        (f"remove|{RULE}/all/9", "{all: [x, y, z]}"),
        ("remove|/nowhere", "{all: [x, y, z]}"),
        ("nonsense", "{all: [x, y, z]}"),
        (f"wrap|{RULE}", "{all: [{all: [x, y, z]}]}"),
    ],
)
def test_requirements_are_moved_and_removed(act: str, after: str) -> None:
    assert _edited("{all: [x, y, z]}", {}, act) == after


def test_a_group_of_requirements_becomes_no_amount_and_an_amount_becomes_a_group() -> None:
    assert _edited("{any: [x, y]}", {f"{RULE}|kind": "credits", f"{RULE}|n": "5"}) == (
        "{credits: 5, of: [x, y]}"
    )
    assert _edited("{credits: 5, of: [x, y]}", {f"{RULE}|kind": "all"}) == "{all: [x, y]}"
    deep = "{all: [x, {any: [y, z]}]}"
    assert _edited(deep, {f"{RULE}|kind": "credits"}) == deep


def test_what_is_no_number_stays_as_it_was_typed_and_is_named_at_its_field() -> None:
    data = _draft("{at_least: 1, of: [x, y]}")
    values = {f"{RULE}|n": "two", "/stacks/0|credits": "many"}
    apply(data, Edits(values), NAMES)
    assert (data["stacks"][0]["requires"]["at_least"], data["stacks"][0]["credits"]) == (
        "two",
        "many",
    )
    assert check(data, CATALOGUE).remarks[0].place == f"{RULE}/at_least"


@pytest.mark.parametrize(
    ("rule", "place", "words"),
    [
        ("{all: []}", RULE, "Nothing stands in this group yet"),
        ("{all: [x, {any: []}]}", f"{RULE}/all/1", "Nothing stands in this group yet"),
        ("{at_least: 3, of: [x, y]}", f"{RULE}/at_least", "3 of 2 can never be met"),
        ("{all: [x, {award: nowhere}]}", f"{RULE}/all/1", "There is no award 'nowhere'"),
        ("{all: [x, {award: a}]}", f"{RULE}/all/1", "its own award"),
        ("{all: [{completed: sql, grade: 500}, x]}", f"{RULE}/all/0/grade", "0 and 100"),
        ("{all: null}", f"{RULE}/all", "a list with entries is needed"),
        ("[x]", RULE, "mapping"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(rule: str, place: str, words: str) -> None:
    found = _words(rule)
    assert any(at == place and words in said for at, said in found), found


def test_an_achievement_that_nobody_knows_is_an_error_beside_known_ones() -> None:
    assert any("sqk" in words for _, words in _words("{all: [sql, sqk]}"))


def test_awards_that_need_each_other_through_published_stacks_are_found() -> None:
    published = parse_stack({"key": "basics", "requires": {"all": ["sql", {"award": "a"}]}})
    found = _words("{all: [sql, {award: basics}]}", published=(published,))
    assert any("need each other" in words for _, words in found)
    assert not any("need each other" in words for _, words in _words("{all: [{award: basics}]}"))


def test_what_is_taken_from_the_catalogue_keeps_its_words() -> None:
    whole = with_catalogue(_draft("{all: [sql, {award: basics}]}"), CATALOGUE)
    assert whole["achievements"] == {
        "sql": {"name": "Queries in SQL", "credits": Decimal(2), "description": "Ask."}
    }


@pytest.mark.parametrize(
    "text",
    ["", "[]", "quoin: 2", "stacks: []", "stacks: [x]", "stacks: [{}]\nachievements: [x]", "a: &b"],
)
def test_a_text_that_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_draft(text)


def test_a_draft_is_bounded() -> None:
    with pytest.raises(InvalidInputError, match="100,000"):
        read_draft("x" * 100_001)
    with pytest.raises(InvalidInputError, match="at most 100 titles"):
        apply(new_draft("A", ()), Edits({f"{RULE}|new": "x\n" * 101}), NAMES)


def test_keys_are_made_of_any_title() -> None:
    assert key_for("Größe & Maß!", {"groe-ma"}) != "groe-ma"
    assert key_for("\u202e<b>", set()) == "b"
    assert len(key_for("x" * 500, set())) <= 100
