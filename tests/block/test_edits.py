"""What is typed in Studio becomes a value or an error that says what to type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoin_xblock import edits


@given(
    st.one_of(st.none(), st.booleans(), st.floats(), st.integers(), st.text(), st.lists(st.text()))
)
def test_whatever_is_typed_is_a_share_or_an_error(typed: Any) -> None:
    try:
        found = edits.parse_percent(typed)
    except edits.EditError:
        return
    assert 0 <= found <= 1


@given(st.integers(0, 10_000))
def test_hundredths_of_a_percent_come_back(number: int) -> None:
    share = edits.parse_percent(f"{number / 100}")

    assert f"{share * 100:.4f}".rstrip("0").rstrip(".") == f"{number / 100:.4f}".rstrip("0").rstrip(
        "."
    )


def test_lines_are_kept_once_and_in_order() -> None:
    assert edits.parse_lines(" b \n\na\r\nb\n") == ["b", "a"]


@pytest.mark.parametrize(
    ("typed", "value"), [(True, True), ("true", True), ("on", False), (1, False)]
)
def test_yes_or_no(typed: Any, value: bool) -> None:
    assert edits.parse_bool(typed) is value


@pytest.mark.parametrize("typed", ["0", "-1", "1001", "nan", "x", None])
def test_points_that_no_gradebook_takes_are_refused(typed: Any) -> None:
    with pytest.raises(edits.EditError, match="above 0"):
        edits.parse_weight(typed)
