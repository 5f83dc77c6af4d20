"""The map of a stack as pieces on a grid with lines between them; the list says the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lti_tool.web.outline import Card, Row
from lti_tool.web.stack_map import Layout, Place, lay_out

MOST_COLUMNS, MOST_ROWS = 4, 12
"""What there are classes for, and what can be read in a frame; the list has the rest."""
CELL = 100
"""Width and height of a cell in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a map: the same words and sign as in the list."""

    title: str
    kind: str
    status: str
    standing: str
    place: Place


@dataclass(frozen=True, slots=True)
class MapView:
    """Pieces in reading order, and the lines between them as SVG paths."""

    pieces: tuple[Piece, ...]
    paths: tuple[str, ...]
    columns: int
    rows: int

    @property
    def width(self) -> int:
        """The width of the drawing in its own units."""
        return self.columns * CELL

    @property
    def height(self) -> int:
        """The height of the drawing in its own units."""
        return self.rows * CELL


def build_map(card: Card) -> MapView | None:
    """Return the map of a card; None where it would be larger than a frame can show."""
    rows: dict[str, Row] = {}
    edges = list(_edges(card.map, "0", rows))
    layout = _laid_out(tuple(rows), tuple(edges))
    if layout.columns > MOST_COLUMNS or layout.rows > MOST_ROWS or layout.columns < 2:
        return None
    # The root is called like its award here, as the list's heading is.
    pieces = [
        Piece(
            card.stack.title if name == "0" else row.title,
            row.kind,
            row.status,
            card.state if name == "0" else row.standing,
            layout.places[name],
        )
        for name, row in rows.items()
    ]
    pieces.sort(key=lambda piece: (piece.place.column, piece.place.row))
    paths = tuple(_path(layout, start, end) for start, end in edges)
    return MapView(tuple(pieces), paths, layout.columns, layout.rows)


@lru_cache(maxsize=1024)
def _laid_out(pieces: tuple[str, ...], edges: tuple[tuple[str, str], ...]) -> Layout:
    """Return the layout of a shape: rules of the same shape, and every learner, share it."""
    return lay_out(pieces, edges)


def _edges(row: Row, name: str, rows: dict[str, Row]) -> Iterator[tuple[str, str]]:
    """Yield the lines from parts to what they are parts of, and note every row by its name."""
    rows[name] = row
    for index, part in enumerate(row.rows):
        if part.address:
            yield f"{name}.{index}", name
            yield from _edges(part, f"{name}.{index}", rows)


def _path(layout: Layout, start: str, end: str) -> str:
    """Return a line from the middle of one cell to the middle of another."""
    (x, y), (to_x, to_y) = (_middle(layout.places[name]) for name in (start, end))
    half = (x + to_x) // 2
    return f"M{x} {y}C{half} {y} {half} {to_y} {to_x} {to_y}"


def _middle(place: Place) -> tuple[int, int]:
    return (place.column * 2 - 1) * CELL // 2, (place.row * 2 - 1) * CELL // 2
