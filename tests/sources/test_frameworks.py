"""Files of competency frameworks: the real ones as they are, and what is refused of others."""

from __future__ import annotations

import copy
import json
import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lti_tool.credentials.texts import clean
from lti_tool.errors import InvalidInputError
from lti_tool.sources.framework_files import DEEPEST, LARGEST_FILE, text
from lti_tool.sources.frameworks import Kind, ReadFramework, Stated, read_framework
from tests.sources.framework_examples import (
    COLUMNS,
    DOCUMENT,
    HOST,
    SKILL,
    as_files,
    document,
    item,
    link,
    package,
    skills,
    table,
)


def files(*paths: Path) -> dict[str, bytes]:
    """Read files."""
    return {path.name: path.read_bytes() for path in paths}


def names(read: ReadFramework) -> list[str]:
    """The items in the order of the tree, indented."""
    found = sorted(read.framework.items, key=lambda one: read.placed[one.uri].position)
    return ["  " * read.placed[one.uri].depth + one.labels[0].name for one in found]


def refusal(found: dict[str, bytes], kind: Kind | None = None) -> str:
    """What is said of files that are refused."""
    with pytest.raises(InvalidInputError) as caught:
        read_framework(found, kind)
    assert caught.value.code == "framework-file"
    return caught.value.message


def test_the_sample_of_opensalt(test_data: Path) -> None:
    read = read_framework(files(test_data / "data/case/opensalt_sample.json"))
    framework = read.framework
    assert (framework.kind, framework.title, framework.language) == (
        "case",
        "What Standards Could Be",
        "en",
    )
    assert (len(framework.items), len(framework.links)) == (16, 39)
    assert framework.changed_at == datetime(2017, 5, 25, 18, 5, 33, tzinfo=UTC)
    kinds = [one.kind for one in framework.links]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "exactMatchOf": 16,
        "isChildOf": 16,
        "precedes": 3,
        "exemplar": 2,
        "isRelatedTo": 2,
    }
    tops = [one.uri for one in framework.items if read.placed[one.uri].parent is None]
    codes = {one.uri: one.code for one in framework.items}
    assert sorted(codes[one] for one in tops) == [
        "CCSS.Math.Content.6.RP.A",
        "CCSS.Math.Content.7.RP.A",
    ]
    assert max(place.depth for place in read.placed.values()) == 2


def test_the_supplement_of_digcomp(test_data: Path) -> None:
    read = read_framework(files(*sorted((test_data / "data/digcomp").glob("*.csv"))))
    framework = read.framework
    kinds = [one.kind for one in framework.items]
    assert {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)} == {
        "Competence area": 5,
        "Competence": 21,
        "Proficiency level": 8,
        "Learning outcome": 523,
        "Competence statement": 362,
    }
    assert (framework.version, framework.licence) == ("3.0", "CC BY-SA 4.0")
    by_code = {one.code: one for one in framework.items}
    outcome = by_code["LO1.1.01"]
    parent = read.placed[outcome.uri].parent
    assert parent == by_code["1.1"].uri
    assert read.placed[by_code["1.1"].uri].parent == by_code["1"].uri
    assert by_code["1.2"].labels[0].name == "Evaluating information"
    assert by_code["1.2"].labels[0].description.startswith("To assess and compare")
    shown = names(read)
    assert shown.index("  Browsing, searching and filtering information") < shown.index(
        "  Evaluating information"
    )


def test_the_collections_of_esco(test_data: Path) -> None:
    folder = test_data / "data/esco"
    read = read_framework(files(folder / "digitalSkillsCollection_en.csv"))
    assert len(read.framework.items) == 1284
    assert read.framework.attribution.startswith("This service uses the ESCO classification")
    by_name = {one.labels[0].name: one for one in read.framework.items}
    haskell = by_name["Haskell"]
    assert haskell.uri == f"{SKILL}/000f1d3d-220f-4789-9c0a-cc742521fb02"
    assert haskell.labels[0].alternatives == ("Haskell techniques",)
    above = [one.destination for one in read.framework.links if one.origin == haskell.uri]
    assert len(above) == 2
    together = read_framework(files(*sorted(folder.glob("*.csv"))))
    assert len(together.framework.items) == 1377
    assert together.framework.uri != read.framework.uri


def test_a_package_is_read_with_its_tree() -> None:
    read = read_framework(as_files(package()))
    assert names(read) == [
        "Work with data",
        "  Draw a chart that tells the truth",
        "  Ask a database",
    ]
    asked = read.framework.items[1]
    assert asked.labels[0].alternatives == ("Querying", "SQL")
    assert read.framework.licence == "CC BY 4.0"
    assert read.framework.publisher == "Example Agency"


def test_the_other_shape_of_packages_says_the_same() -> None:
    usual = package()
    other = {
        "document": {**usual["CFDocument"], "sourcedId": usual["CFDocument"]["identifier"]},
        "items": [{**one, "sourcedId": one["identifier"]} for one in usual["CFItems"]],
        "associations": usual["CFAssociations"],
    }
    for one in [other["document"], *other["items"]]:
        del one["identifier"]
    assert names(read_framework(as_files(other))) == names(read_framework(as_files(usual)))


def test_an_order_is_the_number_then_the_code_then_the_file() -> None:
    items = [item(n, f"i{n}", humanCodingScheme=code) for n, code in ((1, "A.10"), (2, "A.9"))]
    items += [item(3, "i3", humanCodingScheme=None), item(4, "i4")]
    links = [link("isChildOf", 4, 0, sequenceNumber="7")]
    read = read_framework(as_files(package(CFItems=items, CFAssociations=links)))
    assert [one.strip() for one in names(read)] == ["i4", "i3", "i2", "i1"]


def test_languages_of_a_skill_are_one_item() -> None:
    read = read_framework(skills("en", "sv", "de", "es"))
    assert read.framework.uri == "http://data.europa.eu/esco/concept-scheme/skills"
    assert len(read.framework.items) == 3
    assert [one.language for one in read.framework.items[0].labels] == ["en", "sv", "de", "es"]
    assert read.framework.language == "en"
    assert read_framework(skills("sv")).framework.language == "sv"


def test_a_translation_of_digcomp_adds_a_language(test_data: Path) -> None:
    columns = ("location", "context", "source", "target")
    rows = [
        ("digcomp.area.1.label", "Information search", "Informationssökning"),
        ("digcomp.competence.1.1.label", "Browsing", "Surfa"),
    ]
    found = {
        "sv_core-framework.csv": table(
            columns,
            [{"location": k, "context": "", "source": s, "target": t} for k, s, t in rows],
        )
    }
    read = read_framework(found)
    assert [(one.language, one.name) for one in read.framework.items[0].labels] == [
        ("en", "Information search"),
        ("sv", "Informationssökning"),
    ]


def test_what_is_stated_beside_the_files_stands() -> None:
    said = Stated(title="Skills of today", version="1.2.0", licence="CC", uri=f"{HOST}/esco")
    found = read_framework(skills("en"), None, said).framework
    assert (found.title, found.version, found.licence, found.uri) == (
        "Skills of today",
        "1.2.0",
        "CC",
        f"{HOST}/esco",
    )


Change = Callable[[dict[str, Any]], Any]
BAD_PACKAGES: list[tuple[str, Change, str]] = [
    ("no title", lambda p: p["CFDocument"].pop("title"), r"CFDocument\.title: it is missing"),
    ("no items", lambda p: p.update(CFItems=[], CFAssociations=[]), "there is no item"),
    ("no statement", lambda p: p["CFItems"][1].pop("fullStatement"), r"CFItems\[1\]\.fullSt"),
    ("no address", lambda p: p["CFItems"][0].update(uri="D.1"), r"CFItems\[0\]\.uri: it must be"),
    ("script", lambda p: p["CFItems"][0].update(uri="javascript:alert(1)"), r"\]\.uri: it must"),
    ("address twice", lambda p: p["CFItems"][2].update(uri=f"{HOST}/items/1"), r"CFItems\[2\]"),
    (
        "identifier twice",
        lambda p: p["CFItems"][2].update(identifier=p["CFItems"][0]["identifier"]),
        r"CFItems\[2\]: .* stands at CFItems\[0\] already",
    ),
    (
        "control character",
        lambda p: p["CFItems"][2].update(notes="a\x07b"),
        r"CFItems\[2\]\.notes: there is a control character",
    ),
    ("a number", lambda p: p["CFItems"][2].update(notes=7), r"\.notes: a text is expected"),
    ("a list", lambda p: p.update(CFItems={"a": 1}), "CFItems: a list is expected"),
    ("no object", lambda p: p["CFItems"].append("x"), r"CFItems\[3\]: an object is expected"),
    ("long", lambda p: p["CFItems"][0].update(fullStatement="x" * 20_001), "more than 20,000"),
    ("language", lambda p: p["CFItems"][0].update(language="English!"), r"\.language: it must"),
    ("date", lambda p: p["CFDocument"].update(lastChangeDateTime="soon"), "a date and a time"),
    (
        "circle",
        lambda p: p["CFAssociations"].append(link("isChildOf", 1, 2)),
        r"CFAssociations\[\d\]: .* is in a circle of isChildOf",
    ),
    (
        "own child",
        lambda p: p["CFAssociations"].append(link("isChildOf", 3, 3)),
        "is in a circle of isChildOf",
    ),
    (
        "unknown parent",
        lambda p: p["CFAssociations"].append(link("isChildOf", 3, 77)),
        r"CFAssociations\[4\]\.destinationNodeURI: this item is not in the package",
    ),
    (
        "unknown child",
        lambda p: p["CFAssociations"].append(link("isChildOf", 77, 1)),
        r"CFAssociations\[4\]\.originNodeURI: this item is not in the package",
    ),
    (
        "neither end",
        lambda p: p["CFAssociations"].append(link("precedes", 77, 78)),
        r"CFAssociations\[4\]: neither of its ends",
    ),
    (
        "unknown kind",
        lambda p: p["CFAssociations"].append(link("isBetterThan", 1, 2)),
        "'isBetterThan' is no association of CASE",
    ),
    (
        "no end",
        lambda p: p["CFAssociations"][0].pop("originNodeURI"),
        r"CFAssociations\[0\]\.originNodeURI: it is missing",
    ),
    (
        "sequence",
        lambda p: p["CFAssociations"][0].update(sequenceNumber=True),
        "sequenceNumber: a whole number",
    ),
]


@pytest.mark.parametrize(("change", "says"), [pytest.param(c, s, id=n) for n, c, s in BAD_PACKAGES])
def test_a_bad_package_is_refused_with_place_and_reason(change: Change, says: str) -> None:
    found = copy.deepcopy(package())
    change(found)
    assert re.search(says, refusal(as_files(found)))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"CFDocument": {}, "CFDocument": {}}', "a member name occurs twice"),
        (b'{"CFDocument": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper than 16"),
        (b'{"CFDocument": {"title": "\\ud800"}}', "half a character"),
        (b'{"CFDocument": NaN}', "not finite"),
        (b"\xff\xfe{", "not UTF-8"),
        (b'{"something": 1}', "no CASE package"),
        (b"a,b\n1,2\n", "neither a CASE package nor a table"),
        (b"", "neither a CASE package nor a table"),
        (b"%PDF-1.7", "neither a CASE package nor a table"),
    ],
)
def test_what_is_no_package_is_refused(raw: bytes, says: str) -> None:
    assert says in refusal({"file": raw})


def test_what_is_too_large_too_deep_or_too_much_is_refused_at_once() -> None:
    began = time.monotonic()
    assert "larger than" in refusal({"a.json": b"{" + b" " * LARGEST_FILE})
    count = DEEPEST + 2
    deep = package(
        CFItems=[item(n, f"Item {n}") for n in range(1, count)],
        CFAssociations=[link("isChildOf", n + 1, n) for n in range(1, count - 1)],
    )
    assert f"more than {DEEPEST} levels deep" in refusal(as_files(deep))
    row = dict.fromkeys(COLUMNS, "x") | {"preferredLabel": "a"}
    many = [{**row, "conceptUri": f"{SKILL}/{n}"} for n in range(50_001)]
    assert "more than 50,000 items" in refusal({"skills_en.csv": table(COLUMNS, many)})
    assert time.monotonic() - began < 20


def test_bad_tables_are_refused_with_file_and_line() -> None:
    good = skills("en")["skills_en.csv"]
    row = good.splitlines()[-1]
    assert "skills_en.csv:6: " in refusal({"skills_en.csv": good + row + b"\r\n"})
    assert "preferredLabel: it is missing" in refusal(
        {"skills_en.csv": good.replace(b"bake bread", b"")}
    )
    assert "values in this row" in refusal({"skills_en.csv": good + b"one,two\r\n"})
    assert "values in this row" in refusal({"skills_en.csv": good + row + b",more\r\n"})
    assert "control character" in refusal({"skills_en.csv": good.replace(b"bake", b"ba\x00ke")})
    assert "say its language" in refusal({"skills.csv": good})
    assert "is not CSV" in refusal({"skills_en.csv": good + b'"never closed'})
    assert "the columns must be" in refusal({"skills_en.csv": b"conceptUri,preferredLabel\n1,2\n"})
    assert "several kinds" in refusal({"skills_en.csv": good, **as_files(package())})
    rows = [{"location": "digcomp.competence.9.1.label", "source": "a", "target": ""}]
    lost = table(("location", "source", "target"), rows)
    assert "belongs to digcomp.area.9" in refusal({"en_core.csv": lost})
    assert "is no key of DigComp" in refusal({"en_core.csv": lost.replace(b"digcomp.c", b"c")})


def test_a_large_framework_in_a_circle_is_refused_in_little_time() -> None:
    count = 8_000
    found = package(
        CFItems=[item(n, f"Item {n}") for n in range(1, count + 1)],
        CFAssociations=[link("isChildOf", n, n % count + 1) for n in range(1, count + 1)],
    )
    began = time.monotonic()
    assert "is in a circle" in refusal(as_files(found))
    assert time.monotonic() - began < 10


def test_what_is_refused_here_is_what_could_not_be_signed() -> None:
    for code in [*range(0x3000), *range(0xD7FF, 0x10000), 0x1F600, sys.maxunicode]:
        letter = f"a{chr(code)}b"
        outcomes = []
        for check in (clean, lambda value: text(value, "place")):
            try:
                outcomes.append(check(letter))
            except InvalidInputError:
                outcomes.append(None)
        assert outcomes[0] == outcomes[1], hex(code)


def test_the_hash_is_of_files_and_of_what_is_stated() -> None:
    one = read_framework(as_files(package())).content_hash
    assert one == read_framework(as_files(package())).content_hash
    assert one != read_framework(as_files(package()), None, Stated(version="2")).content_hash
    assert one != read_framework(as_files(package(CFDocument=document(version="2")))).content_hash
    assert json.loads(as_files(package())["package.json"])["CFDocument"]["uri"] == DOCUMENT
