"""What quoin bench sizes measures is what is there, on both engines."""

from __future__ import annotations

import pytest

from benchmarks import sizes
from benchmarks.harness import InvalidRunError, Report
from benchmarks.sizes_measured import Size, documents, measure, status_lists
from benchmarks.sizes_world import University
from lti_tool.persistence.base import Database


def test_a_university_grows_by_what_was_asked(database: Database) -> None:
    university = University(database, sizes.NOW)
    university.grow_to(2)
    before = measure(database)
    university.grow_to(5)
    after = measure(database)
    assert (before["learners"].rows, after["learners"].rows) == (2, 5)
    assert after["completions"].rows > before["completions"].rows
    assert after["completions"].table > 0
    assert after["completions"].indexes > 0
    assert after["credentials"].rows == after["awards"].rows > 0
    assert after["standings"].rows == 5 * 20
    university.sweep()
    assert all(value > 0 for _, value, _ in university.spent())
    found = {name: value for name, value, _ in documents(database)}
    assert found["credentials_document_bytes"] > found["credentials_gzip_document_bytes"] > 500


def test_a_full_list_with_one_in_twenty_revoked_stays_small() -> None:
    lengths = [value for _, value, _ in status_lists()]
    assert lengths == sorted(lengths)
    assert lengths[-1] < 6000


def test_what_does_not_grow_evenly_is_no_figure() -> None:
    grown = [{"t": Size(rows, size, 0)} for rows, size in ((10, 100), (20, 200), (40, 800))]
    with pytest.raises(InvalidRunError, match="does not grow evenly"):
        sizes._report_growth(Report("sizes"), "sqlite", [10, 20, 40], grown)
    with pytest.raises(InvalidRunError, match="t has 10 rows"):
        sizes._compare(grown[0], grown[1])
