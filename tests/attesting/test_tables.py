"""Reading and writing tables: encodings, separators, bounds, formulas; and rows that are wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.attesting.sheet_rows import Competency, People, check_header, check_rows
from lti_tool.attesting.tables import LARGEST, guarded, read_table, write_table
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.attested import CourseLearner

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TEXT = "learner,competency,date,note\nu1,sql,2026-06-01,Zoé\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), "UTF-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_every_encoding_gives_the_same_cells_and_is_told(content: bytes, encoding: str) -> None:
    table = read_table(content)
    assert table.encoding == encoding
    assert table.header == ("learner", "competency", "date", "note")
    assert table.rows[0].cells == ("u1", "sql", "2026-06-01", "Zoé")


@pytest.mark.parametrize(("mark", "name"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_every_separator_is_found(mark: str, name: str) -> None:
    table = read_table(TEXT.replace(",", mark).encode())
    assert table.separator == name
    assert len(table.rows[0].cells) == 4


def test_lines_are_those_of_the_file_also_after_quotes_and_empty_rows() -> None:
    table = read_table(b'learner,note\r\n\r\nu1,"two\r\nlines"\r\n,\r\nu2,x\r\n')
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("u1", "two\r\nlines")),
        (6, ("u2", "x")),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n , \n", "is empty"),
        (b"x" * (LARGEST + 1), "larger than 1 MiB"),
        (b"a,b\n" + b"1,2\n" * 10_001, "more than 10,000 rows"),
        (b"a\x00b", "not a text file"),
        (b"\xff\xfea", "damaged"),
        (b"a,b\n\x81\x8d", "neither UTF-8"),
        (b'a,b\n1,2\n"x,2\n', "line 3"),
        (b'a,b\n"x"y,2\n', "line 2"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message) as error:
        read_table(content)
    assert error.value.field == "file"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula_and_all_come_back(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    content = write_table(["learner", "note"], [["u1", cell]], has_mark=True)
    assert content.startswith(b"\xef\xbb\xbf")
    assert read_table(content).rows[0].cells[1] == cell


@given(st.binary(max_size=300))
def test_whatever_is_uploaded_is_read_or_refused(content: bytes) -> None:
    try:
        table = read_table(content)
    except InvalidInputError:
        return
    assert table.header


@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), max_size=5))
def test_what_is_written_never_begins_like_a_formula(rows: list[list[str]]) -> None:
    content = write_table(["a", "b"], rows, has_mark=False).decode("utf-8", "surrogatepass")
    assert not content.startswith(("=", "+", "-", "@"))
    for row in rows:
        assert not guarded(row[0]).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("learner,competency", "'date' is missing"),
        ("learner,competency,date,date", "there twice"),
        ("learner,competency,date,mark", "Column 4 is called 'mark'"),
    ],
)
def test_a_header_that_does_not_fit_is_refused(header: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        check_header(read_table(header.encode()))


PEOPLE = People(
    [
        CourseLearner(1, uuid4(), "Ada  Lovelace", "u1", True),
        CourseLearner(2, uuid4(), "Kim Lee", "u2", True),
        CourseLearner(3, uuid4(), "kim lee", "", True),
    ]
)
COMPETENCIES = {
    "sql": Competency(7, "SQL", "0-100", False, {"Sound": Decimal(70)}),
    "basics": Competency(8, "Basics", "0-100", True, {}),
}


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("nobody,sql,2026-06-01,", "learner", "Nobody in this course"),
        ("Kim Lee,sql,2026-06-01,", "learner", "2 learners"),
        ("u1,sqll,2026-06-01,", "competency", "no competency"),
        ("u1,basics,2026-06-01,", "competency", "follows from its rule"),
        ("u1,sql,1.6.2026,", "date", "year-month-day"),
        ("u1,sql,2026-07-09,", "date", "future"),
        ("u1,sql,2026-06-01,101", "grade", "between 0 and 100"),
        ("u1,sql,2026-06-01,NaN", "grade", "between 0 and 100"),
        ("u1,sql,2026-06-01,good", "grade", "must be a number"),
        ("u1,sql,2026-06-01", "", "3 cells and the header has 4"),
    ],
)
def test_a_row_that_is_wrong_names_its_line_and_column(row: str, column: str, words: str) -> None:
    table = read_table(f"learner,competency,date,grade\nu2,sql,2026-06-01,\n{row}\n".encode())
    good, bad = check_rows(table, PEOPLE, COMPETENCIES, NOW)
    assert good.entry is not None
    assert bad.entry is None
    assert (bad.line, bad.column) == (3, column)
    assert words in bad.problem


def test_people_are_found_by_id_or_name_and_levels_and_commas_are_grades() -> None:
    content = (
        "learner;competency;date;grade\nada lovelace;sql;2026-06-01;Sound\nu1;sql;2026-06-02;82,5"
    )
    rows = check_rows(read_table(content.encode()), PEOPLE, COMPETENCIES, NOW)
    assert [row.entry and (row.entry.learner_id, row.entry.grade) for row in rows] == [
        (1, Decimal(70)),
        (1, Decimal("82.5")),
    ]
