"""Where the pieces of a map stand: longest path, then barycentre. Pure; no widths, no pixels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SWEEPS = 4
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """The column and row of a piece, both counted from 1."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The place of every piece; ``columns`` and ``rows`` say how large the grid is."""

    places: Mapping[str, Place]
    columns: int
    rows: int


def lay_out(pieces: Sequence[str], edges: Sequence[Edge]) -> Layout:
    """Return a place for every piece, so that every edge (from, to) leads to a later column.

    The column is the longest path to an end, so that a piece stands close to what it leads to.
    In a column, pieces are in the order of the mean row of their neighbours; of SWEEPS passes
    the one with the fewest crossings is kept. ``ValueError`` for edges that lead round.
    """
    depth = _depths(pieces, edges)
    columns = 1 + max(depth.values(), default=0)
    layers: list[list[str]] = [[] for _ in range(columns)]
    for piece in pieces:
        layers[columns - 1 - depth[piece]].append(piece)
    best = layers
    for sweep in range(SWEEPS):
        layers = _ordered(layers, edges, is_backward=sweep % 2 == 0)
        if crossings(layers, edges) < crossings(best, edges) or sweep == 0:
            best = layers
    rows = max((len(layer) for layer in best), default=0)
    return Layout(_placed(best, rows), columns, rows)


def crossings(layers: Sequence[Sequence[str]], edges: Sequence[Edge]) -> int:
    """Return how many pairs of edges between the same two columns cross."""
    column = {piece: index for index, layer in enumerate(layers) for piece in layer}
    order = {piece: index for layer in layers for index, piece in enumerate(layer)}
    found = 0
    for index, (a, b) in enumerate(edges):
        for c, d in edges[index + 1 :]:
            if column[a] == column[c] and column[b] == column[d]:
                found += (order[a] - order[c]) * (order[b] - order[d]) < 0
    return found


def _depths(pieces: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return the length of the longest path from each piece to an end."""
    after: dict[str, list[str]] = {piece: [] for piece in pieces}
    for start, end in edges:
        after[start].append(end)
    depth: dict[str, int] = {}
    waiting = list(pieces)
    while waiting:
        known = len(depth)
        for piece in waiting:
            if all(end in depth for end in after[piece]):
                depth[piece] = 1 + max((depth[end] for end in after[piece]), default=-1)
        if len(depth) == known:
            raise ValueError("These edges lead round.")
        waiting = [piece for piece in waiting if piece not in depth]
    return depth


def _ordered(
    layers: Sequence[Sequence[str]], edges: Sequence[Edge], *, is_backward: bool
) -> list[list[str]]:
    found = [list(layer) for layer in layers]
    order = {piece: index for layer in found for index, piece in enumerate(layer)}
    near: dict[str, list[str]] = {piece: [] for piece in order}
    for start, end in edges:
        near[start if is_backward else end].append(end if is_backward else start)
    for layer in reversed(found) if is_backward else found:
        layer.sort(key=lambda piece: _mean((order[n] for n in near[piece]), order[piece]))
        order |= {piece: index for index, piece in enumerate(layer)}
    return found


def _mean(values: Iterable[int], otherwise: int) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else float(otherwise)


def _placed(layers: Sequence[Sequence[str]], rows: int) -> dict[str, Place]:
    """Give rows, each column in the middle of the grid."""
    return {
        piece: Place(column, 1 + (rows - len(layer)) // 2 + index)
        for column, layer in enumerate(layers, 1)
        for index, piece in enumerate(layer)
    }
