"""Ways round in a circle: awards that need each other, achievements accepted for each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from stacking_rules.definitions import Substitution
from stacking_rules.stacks import Stack


def award_circles(stacks: Sequence[Stack]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (place of the first stack, keys on the way round), each circle of awards once.

    An award that needs itself is not among them.
    """
    keys = [stack.key for stack in stacks]
    needs: dict[str, tuple[str, ...]] = {}
    for stack in stacks:
        asked = (key for key in stack.needed_awards() if key in keys and key != stack.key)
        needs[stack.key] = tuple(dict.fromkeys((*needs.get(stack.key, ()), *asked)))
    for way in _ways_round(needs):
        yield keys.index(way[0]), way


def substitution_circles(
    accepted: Sequence[Substitution],
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (number of the first entry, keys on the way round), each circle once.

    It is one only where all its entries hold on one day.
    """
    needs: dict[str, tuple[str, ...]] = {}
    for entry in accepted:
        needs[entry.given] = (*needs.get(entry.given, ()), entry.wanted)
    for way in _ways_round(needs):
        steps = list(pairwise(way))
        numbers = _on_one_day(accepted, steps, (date.min, date.max))
        if numbers:
            yield numbers[0], way


def _on_one_day(
    accepted: Sequence[Substitution],
    steps: Sequence[tuple[str, str]],
    days: tuple[date, date],
) -> tuple[int, ...]:
    """Return the entries that make all ``steps`` within ``days``; none where there are none."""
    if not steps:
        return ()
    for number, entry in enumerate(accepted):
        since, until = max(days[0], entry.since), min(days[1], entry.until)
        if (entry.given, entry.wanted) != steps[0] or since >= until:
            continue
        rest = _on_one_day(accepted, steps[1:], (since, until))
        if rest or len(steps) == 1:
            return (number, *rest)
    return ()


def _ways_round(needs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the shortest way from each key back to itself, each set of keys once."""
    seen: set[frozenset[str]] = set()
    for key in needs:
        way = _way_back(key, needs)
        if way and frozenset(way) not in seen:
            seen.add(frozenset(way))
            yield way


def _way_back(start: str, needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    waiting = [start]
    for key in waiting:
        for other in needs.get(key, ()):
            if other == start:
                way = [start, key]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if other not in came_from:
                came_from[other] = key
                waiting.append(other)
    return ()
