"""The places of a map: every line leads on, nothing stands on anything, few lines cross."""

from __future__ import annotations

import random

import pytest

from lti_tool.web.map_view import MOST_ROWS, build_map
from lti_tool.web.outline import build_page
from lti_tool.web.stack_map import crossings, lay_out
from stacking_rules import AllOf, Completed, Stack
from tests.web.values import progress_view, stack_view


def _layers(pieces: list[str], edges: list[tuple[str, str]]) -> list[list[str]]:
    layout = lay_out(pieces, edges)
    layers: list[list[str]] = [[] for _ in range(layout.columns)]
    for piece in sorted(pieces, key=lambda p: layout.places[p].row):
        layers[layout.places[piece].column - 1].append(piece)
    return layers


def test_a_piece_stands_beside_what_it_leads_to() -> None:
    layout = lay_out(
        ["top", "near", "group", "far"], [("near", "top"), ("group", "top"), ("far", "group")]
    )
    columns = {piece: place.column for piece, place in layout.places.items()}
    assert columns == {"top": 3, "near": 2, "group": 2, "far": 1}


def test_lines_that_need_not_cross_do_not() -> None:
    pieces = ["a", "b", "c", "x", "y", "z"]
    edges = [("a", "z"), ("b", "y"), ("c", "x")]
    assert crossings([["a", "b", "c"], ["x", "y", "z"]], edges) == 3
    assert crossings(_layers(pieces, edges), edges) == 0


@pytest.mark.parametrize("seed", range(20))
def test_every_line_leads_on_and_no_two_pieces_share_a_place(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [str(number) for number in range(30)]
    edges = [
        (str(start), str(end))
        for end in range(30)
        for start in range(end)
        if chance.random() < 0.08
    ]
    layout = lay_out(pieces, edges)
    assert len(set(layout.places.values())) == len(pieces)
    assert all(layout.places[a].column < layout.places[b].column for a, b in edges)
    assert all(1 <= place.row <= layout.rows for place in layout.places.values())
    assert layout == lay_out(pieces, edges)


def test_a_circle_and_nothing_at_all() -> None:
    with pytest.raises(ValueError, match="round"):
        lay_out(["a", "b"], [("a", "b"), ("b", "a")])
    assert lay_out([], []).rows == 0


def test_the_map_has_the_words_of_the_list() -> None:
    card = build_page(progress_view()).open[0]
    found = build_map(card)
    assert found is not None
    assert {piece.title for piece in found.pieces} == {
        "Data Skills",
        "Core competencies",
        "Breadth",
        "SQL foundations",
        "Data cleaning",
        "Charts that tell the truth",
        "Data ethics",
    }
    waiting = next(piece for piece in found.pieces if piece.title.startswith("Charts"))
    assert (waiting.kind, waiting.status) == ("waiting", "Waiting for a decision")
    assert len(found.paths) == len(found.pieces) - 1


def test_a_stack_that_a_frame_cannot_show_has_the_list_alone() -> None:
    parts = tuple(Completed(id=f"c{n}", achievement=f"c{n}") for n in range(MOST_ROWS + 1))
    large = stack_view(Stack("large", "Large", AllOf(parts=parts)))
    assert build_map(build_page(progress_view(stacks=(large,))).open[0]) is None
