"""quoin achievement: what it prints, what it keeps and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lti_tool.credentials.badge import default_badge
from tests.cli.conftest import Quoin
from tests.cli.test_stacks import DOCUMENT
from tests.credentials.descriptions import FULL

TEXT = FULL.replace("data-basics", "basics")
AT = ("--institution", "h")


@pytest.fixture
def catalogue(quoin: Quoin) -> Quoin:
    """A terminal at an institution with a stack."""
    Path("stacks.yaml").write_text(DOCUMENT.replace("title: Basics", "title: Basics, credits: 2"))
    quoin("stack", "publish", "stacks.yaml", *AT, "--name", "Harbour")
    return quoin


def describe(quoin: Quoin, text: str = TEXT, *words: str, code: int = 0) -> str:
    Path("achievements.yaml").write_text(text, "utf-8")
    return quoin("achievement", "describe", "achievements.yaml", *AT, *words, code=code).output


def test_an_achievement_is_described_once(catalogue: Quoin) -> None:
    assert describe(catalogue) == "basics: description 1\n"
    assert describe(catalogue) == "basics: unchanged\n"
    told = json.loads(describe(catalogue, TEXT.replace("[data]", "[other]"), "--json"))
    assert [(row["key"], row["number"], row["is_new"]) for row in told] == [("basics", 2, True)]


def test_what_is_shown_describes_it_in_the_same_words(catalogue: Quoin) -> None:
    describe(catalogue)
    shown = catalogue("achievement", "show", "basics", *AT).output
    assert describe(catalogue, shown) == "basics: unchanged\n"
    entry = json.loads(catalogue("achievement", "show", "basics", *AT, "--json").output)
    assert (entry["credits"], entry["missing"], entry["despite"]) == ("2", [], None)
    assert entry["elements"]["participation"] == "blended"
    bare = json.loads(catalogue("achievement", "show", "sql", *AT, "--json").output)
    assert (bare["elements"], bare["number"]) == (None, 0)
    assert "not described" in catalogue("achievement", "show", "sql", *AT).output
    assert "'nothing'" in catalogue("achievement", "show", "nothing", *AT, code=1).output


def test_a_wrong_word_is_named_with_its_place(catalogue: Quoin) -> None:
    refused = describe(catalogue, TEXT.replace("    levels:", "    levles:"), code=1)
    assert "achievements.yaml:13:5: /achievements/basics/levles: " in refused
    assert "Did you mean 'levels'?" in refused
    assert "no achievement 'else'" in describe(catalogue, TEXT.replace("basics", "else"), code=1)


def test_what_is_missing_needs_a_reason_that_is_kept(catalogue: Quoin) -> None:
    lacking = TEXT.replace("    participation: blended\n", "")
    refused = describe(catalogue, lacking, code=1)
    assert "elements-missing" in refused
    assert "form of participation" in refused
    told = describe(catalogue, lacking, "--despite", "decided in spring")
    assert "description 1 (elements are missing: decided in spring)" in told
    entry = json.loads(catalogue("achievement", "show", "basics", *AT, "--json").output)
    assert (entry["missing"], entry["despite"]) == (["participation"], "decided in spring")
    assert catalogue("achievement", "lint", *AT).output == ""


def test_publishing_takes_a_reason_too(catalogue: Quoin) -> None:
    describe(catalogue, TEXT.replace("    workload_hours: 50\n", ""))
    Path("stacks.yaml").write_text(DOCUMENT)
    publish = ("stack", "publish", "stacks.yaml", *AT)
    assert "notional workload" in catalogue(*publish, code=1).output
    assert "version 2" in catalogue(*publish, "--despite", "counted later").output
    assert "unchanged" in catalogue(*publish).output


def test_the_lint_names_file_line_and_achievement(catalogue: Quoin) -> None:
    Path("a.yaml").write_text(TEXT.replace("workload_hours: 50", "workload_hours: 500"))
    lint = ("achievement", "lint", "a.yaml")
    assert catalogue(*lint).output == ""
    found = catalogue(*lint, *AT).output
    assert found.startswith("a.yaml:7: warning: workload-unlikely: basics: ")
    Path("a.yaml").write_text(TEXT.replace("    participation: blended\n", "    tags: [x]\n", 1))
    catalogue(*lint, code=1)
    Path("a.yaml").write_text(TEXT.replace("    participation: blended\n", ""))
    (line,) = json.loads(catalogue(*lint, "--json", code=1).output)
    assert (line["severity"], line["code"], line["line"]) == ("error", "missing-participation", 7)
    Path("a.yaml").write_text(TEXT.replace("basics", "else"))
    assert "unknown-achievement" in catalogue(*lint, *AT, code=1).output
    assert "Give a FILE" in catalogue("achievement", "lint", code=2).output


def test_a_picture_is_named_in_the_file_and_checked(catalogue: Quoin) -> None:
    with_picture = TEXT + "    image: pictures/basics.svg\n"
    assert "cannot be read" in describe(catalogue, with_picture, code=1)
    Path("pictures").mkdir()
    Path("pictures/basics.svg").write_bytes(b"GIF89a")
    assert "neither PNG nor SVG" in describe(catalogue, with_picture, code=1)
    Path("pictures/basics.svg").write_bytes(default_badge("Mine"))
    assert describe(catalogue, with_picture) == "basics: description 1\n"
    assert "image: FILE" in catalogue("achievement", "show", "basics", *AT).output
    entry = json.loads(catalogue("achievement", "show", "basics", *AT, "--json").output)
    assert len(entry["image"]) == 64


def test_credentials_are_exported_as_european_digital_credentials(catalogue: Quoin) -> None:
    export = ("credentials", "export-elm", "europass", *AT)
    assert json.loads(catalogue(*export, "--json").output) == {"credentials": 0}
    assert "nowhere" in catalogue(*export[:-1], "nowhere", code=1).output


def test_levels_are_given_replaced_and_taken_away(catalogue: Quoin) -> None:
    def levels(*words: str, code: int = 0) -> str:
        return catalogue("achievement", "levels", "sql", *words, *AT, code=code).output

    assert levels("Very good=95", "Sound=70") == "Very good: 95\nSound: 70\n"
    assert json.loads(levels("Sound=70,5", "--json")) == [{"label": "Sound", "grade": "70.5"}]
    for wrong, words in (
        (["Sound"], "LABEL=GRADE"),
        (["Sound=101"], "between 0 and 100"),
        (["A=1", "A=2"], "the same label"),
        (["=4"], "1 to 100 characters"),
    ):
        assert words in levels(*wrong, code=1)
    assert levels() == "sql: no levels\n"
    assert "no achievement 'x'" in catalogue("achievement", "levels", "x", *AT, code=1).output
