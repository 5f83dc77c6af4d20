"""Sentences, tree and YAML say the same: what one writes, the others read, and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.errors import StackTextError
from lti_tool.rule_texts import PROBLEMS, VIEWS, phrases, read_view, write_view
from stacking_rules import Document
from stacking_rules import say as speaking
from stacking_rules.errors import LimitExceededError, PhraseError
from stacking_rules.formats import CURRENT as FORMAT
from stacking_rules.forms import FORMS, TOP
from stacking_rules.phrases import MAX_LINE, Language, Phrase, compiled, quoted, split, unquoted
from stacking_rules.readings import readings
from stacking_rules.say import Said, say
from stacking_rules.understand import MAX_LEVELS, Line, outline, understand
from stacking_rules.write_document import write_document
from tests.rules.test_programmes import document_of
from tests.rules.views import document, drawn, written

SAID = ("sentence", "tree")
GOLDEN = Path(__file__).parent / "golden"
GOLDEN_NAMES = ("P04-boulder-mscs", "P05-illinois-mcs", "P22-cissp", "P24-nmc-revalidation")
RANDOM = 1_000


def same(found: Document, wanted: Document) -> bool:
    """Return whether two documents say the same; the hash is that of the text."""

    def content(read: Document) -> object:
        stacks = [replace(stack, content_hash="") for stack in read.stacks]
        return stacks, read.definitions, read.award_credits, read.achievements

    return content(found) == content(wanted)


@pytest.mark.parametrize("view", SAID)
@pytest.mark.parametrize("name", sorted(written()))
def test_what_is_written_is_read_as_it_was(name: str, view: str) -> None:
    wanted = written()[name]
    data = write_document(wanted)
    text = say(data, phrases(view))
    assert understand(text, phrases(view)) == data
    assert same(read_view(text, view), wanted)


@pytest.mark.parametrize("view", SAID)
def test_random_rules_are_read_as_they_were(view: str) -> None:
    for wanted in drawn(RANDOM):
        data = write_document(wanted)
        found = understand(say(data, phrases(view)), phrases(view))
        assert found == data


@pytest.mark.parametrize("name", sorted(written()))
def test_all_ways_round_the_three_views_come_back(name: str) -> None:
    texts = {view: write_view(written()[name], view) for view in VIEWS}
    read = {view: read_view(text, view) for view, text in texts.items()}
    for view, found in read.items():
        assert {other: write_view(found, other) for other in VIEWS} == texts, view
    hashes = {tuple(stack.content_hash for stack in found.stacks) for found in read.values()}
    assert len(hashes) == 1


def test_the_corpora_are_all_there() -> None:
    programmes = [found for name, found in written().items() if name.startswith("P")]
    assert len(programmes) == 26
    assert sum(len(found.stacks) for found in programmes) == 45


# -- the tables ------------------------------------------------------------------------------------


def lines_at(lines: list[Line], view: str, places: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield (line, its readings) of an outline."""
    for line in lines:
        found = readings(split(line.text), places, phrases(view))
        yield line.text, found
        phrase = found[0][0]
        blocks = [slot.place for slot in phrase.slots.values() if hasattr(slot, "place")]
        yield from lines_at(line.below, view, (*blocks, *phrase.form.below))


@pytest.mark.parametrize("view", SAID)
def test_no_line_of_the_corpora_can_be_read_in_two_ways(view: str) -> None:
    for name, found in [*written().items(), *enumerate(drawn(200))]:
        text = say(write_document(found), phrases(view))
        for line, ways in lines_at(outline(text), view, TOP):
            assert len(ways) == 1, (name, line)


@pytest.mark.parametrize("view", SAID)
def test_every_phrase_of_the_table_is_used_in_a_round_trip(
    view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: set[str] = set()

    def noted(phrase: Phrase, said: Said) -> str:
        used.add(phrase.key)
        return filled(phrase, said)

    filled = speaking._filled
    monkeypatch.setattr(speaking, "_filled", noted)
    for found in written().values():
        say(write_document(found), phrases(view))
    assert used == {f"{place}.{key}" for place, forms in FORMS.items() for key in forms}


def test_a_table_that_does_not_fit_the_forms_is_refused() -> None:
    table = phrases("tree").language
    with pytest.raises(ValueError, match=r"the phrase clause.best must have the slots count, id"):
        compiled(replace(table, phrases={**table.phrases, "clause.best": "best{id}{rule}"}))
    with pytest.raises(ValueError, match=r"no forms for the phrases clause.worst"):
        compiled(replace(table, phrases={**table.phrases, "clause.worst": "worst"}))


def test_another_language_may_put_the_slots_in_another_order() -> None:
    table = phrases("sentence").language
    other = {"requirement.completed": "- {title}{id}{rule}{where}{graded} absolviere {completed}"}
    reordered = compiled(Language({**table.phrases, **other}, table.joins, "ja", "nein"))
    data = write_document(written()["everything"])
    text = say(data, reordered)
    assert '- "SQL, at last":  (id: named) [R2, R3] where track is verified or for-credit' in text
    assert understand(text, reordered) == data


@pytest.mark.parametrize("name", GOLDEN_NAMES)
@pytest.mark.parametrize("view", SAID)
def test_the_wording_is_the_agreed_one(name: str, view: str) -> None:
    text = write_view(document_of(name), view).replace(f"ormat {FORMAT}", "ormat N")
    text = text.replace(f"quoin {FORMAT}\n", "quoin N\n")
    assert text == (GOLDEN / f"{name}.{view}.txt").read_text("utf-8")


# -- free text -------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    ['say "no"', "back\\slash\\n", "line\nline\r\n", "\u202eright to left", "שלום", "👩‍💻", "or",
     "2", "yes", "1e5", "\uff11\uff12", "2026-01-01", ".", "a.", "(", "- complete sql",
     "\x00\x1f\x7f\x85\u2028"]
)  # fmt: skip


@given(title=TEXTS, label=TEXTS, name=TEXTS, value=TEXTS | st.booleans() | st.integers(-9, 9))
@settings(max_examples=300, deadline=None)
def test_free_text_survives_every_view(title: str, label: str, name: str, value: object) -> None:
    test = {"all": [{name if name not in ("all", "any", "not") else "x": value}, {"y": 1}]}
    rule = {"completed": "a", "title": title, "rule": [label], "where": test}
    wanted = document({"key": "s", "title": title, "description": title, "requires": rule})
    for view in VIEWS:
        assert same(read_view(write_view(wanted, view), view), wanted)


@given(TEXTS)
def test_quoted_text_stands_on_one_line_and_shows_no_control_characters(text: str) -> None:
    said = quoted(text)
    assert unquoted(said) == text
    assert all(letter.isprintable() or letter in "\u200c\u200d" for letter in said)


# -- what is refused -------------------------------------------------------------------------------

HEAD = f"Rules of awards, format {FORMAT}.\nAward a\n  To receive it:\n"


@pytest.mark.parametrize(
    ("text", "line", "code", "about"),
    [
        (HEAD + "    - complte sql", 4, "not-understood", "- complete ..."),
        (HEAD + "    - complete sql\n    Work counts where x is 1.", 5, "not-understood", None),
        (HEAD + "    - complete sql\n      Work counts where x is 1.", 5, "not-understood",
         "Work counts only where ...."),
        (HEAD + "    - complete sql with grade B", 4, "not-understood", None),
        (HEAD + '    - complete "sql', 4, "open-quote", ""),
        (HEAD + '    - "\\q": complete sql', 4, "not-understood", None),
        (HEAD + '    - "\\ud800": complete sql', 4, "not-understood", None),
        (HEAD + "    - complete sql\n    - complete r", 3, "one-below", ""),
        (HEAD, 3, "one-below", ""),
        (HEAD + "    - meet all of the following:", 4, "some-below", ""),
        (HEAD + "    - complete sql\n  To receive it:\n    - complete r", 5, "said-twice",
         "requires"),
        (HEAD + "    - complete sql\n      No more than the best 2 count.\n"
         "      No more than the best 3 count.", 6, "said-twice", "best"),
        (HEAD + "    - complete sql\n  It is worth 1 credit.\n    It is worth 1 credit.", 6,
         "nothing-below", ""),
        (HEAD + "\t- complete sql", 4, "indent", ""),
        (HEAD + "    - meet all of the following:\n        - complete a\n      - complete b", 6,
         "indent", ""),
        ("Achievement a\nAchievement a", 2, "said-twice", "a"),
        ("No scales are declared here.\nThe scale x goes from worst to best, without points: A.", 2,
         "said-twice", "scales"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused(text: str, line: int, code: str, about: str | None) -> None:
    with pytest.raises(PhraseError) as error:
        understand(text, phrases("sentence"))
    assert (error.value.line, error.value.code) == (line, code)
    assert about is None or error.value.about == about
    with pytest.raises(StackTextError) as told:
        read_view(text, "sentence")
    assert told.value.message == PROBLEMS[code].format(about=error.value.about)


def test_a_line_with_two_meanings_is_refused() -> None:
    table = phrases("sentence").language
    doubled = {**table.phrases, "stack.repeats-first": table.phrases["stack.repeats-latest"]}
    with pytest.raises(PhraseError, match="two-meanings"):
        understand(
            "Award a\n  Of several attempts the latest counts.",
            compiled(replace(table, phrases=doubled)),
        )


def test_a_rule_of_40_levels_passes_and_more_levels_are_refused() -> None:
    rule: object = "a"
    for _ in range(38):
        rule = {"if": "b", "then": rule}
    deep = document({"key": "s", "requires": {"all": [rule, {"any": ["c", {"award": "d"}]}]}})
    for view in VIEWS:
        assert same(read_view(write_view(deep, view), view), deep)
    steps = "\n".join(" " * depth + "x" for depth in range(MAX_LEVELS + 5))
    with pytest.raises(PhraseError, match="too-deep"):
        understand(steps, phrases("sentence"))


def test_what_the_engine_refuses_is_refused_at_its_line() -> None:
    with pytest.raises(StackTextError, match=r"A key has 1 to 100") as error:
        read_view(HEAD + "    - meet all of the following:\n      - complete SQL", "sentence")
    assert (error.value.line, error.value.address) == (4, "/stacks/0/requires/all/0")
    over = HEAD + "".join(f"{'  ' * (d + 2)}- meet all of the following:\n" for d in range(45))
    with pytest.raises(StackTextError, match=r"more than 40 levels"):
        read_view(over + "  " * 47 + "- complete a", "sentence")


@pytest.mark.parametrize(
    "line",
    [
        "x" * 10**6,
        "(" * 10**6,
        '"' * 10**6,
        '\\"' * 500_000,
        " " * 10**6,
        "a, " * 333_000,
        "- complete all of " + "a, " * (MAX_LINE // 3 - 10),
        "- complete a where " + "(" * (MAX_LINE - 30),
        "- complete a where " + "not (" * (MAX_LINE // 5 - 10),
        "- complete a where " + "a is 1 and " * (MAX_LINE // 11 - 10),
        '- complete "' + '\\"' * (MAX_LINE // 2 - 20),
        '- "' + "\\q" * (MAX_LINE // 2 - 20) + '": complete a',
    ],
    ids=lambda line: line[:24],
)
def test_a_hostile_line_is_refused_quickly(line: str) -> None:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        with pytest.raises(PhraseError):
            understand(HEAD + "    " + line, phrases("sentence"))
        best = min(best, time.process_time() - start)
    assert best < (0.1 if len(line) > MAX_LINE else 0.5)


def test_what_is_too_long_for_a_line_is_said_to_be() -> None:
    long = document({"key": "s", "description": "x" * (MAX_LINE + 1), "requires": "a"})
    assert same(read_view(write_view(long, "yaml"), "yaml"), long)
    with pytest.raises(LimitExceededError, match="20000 characters in one line"):
        write_view(long, "sentence")
    many = document(
        *({"key": f"s{i}", "description": "x" * 19_900, "requires": "a"} for i in range(51))
    )
    with pytest.raises(LimitExceededError, match="1000000 characters"):
        write_view(many, "sentence")
    with pytest.raises(PhraseError, match="too-large"):
        understand("x\n" * 500_001, phrases("sentence"))
