"""What a simulation of a draft stands on, and what it found, without what computes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.persistence.definitions import definitions_number
from lti_tool.persistence.snapshots import load_rules

Plain = dict[str, Any]


def base_of(session: Session, institution_id: int) -> str:
    """Return a hash of what an institution has published and declared: of the state before."""
    rows = load_rules(session, institution_id).rows
    said = [
        f"{key} {row.version.uuid} {row.achievement.credits}" for key, row in sorted(rows.items())
    ]
    said.append(str(definitions_number(session, institution_id)))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Example:
    """A learner (internal id), and what keeps them from the award: (address, message, values)."""

    learner_id: int
    why: tuple[tuple[str, str, Mapping[str, str]], ...]


@dataclass(frozen=True, slots=True)
class AtRequirement:
    """How many learners one top requirement decides for ("/": the whole), and some of them."""

    address: str
    title: str
    learners: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class StackResult:
    """What a change does in one stack, by effect; ``is_changed``: its own rule differs."""

    key: str
    title: str
    is_changed: bool
    effects: Mapping[str, int]
    requirements: Mapping[str, tuple[AtRequirement, ...]]


def read_result(result: Plain) -> tuple[StackResult, ...]:
    """Return what a simulation has found so far, the smaller stacks first."""
    ordered = sorted(result.items(), key=lambda item: item[1]["place"])
    return tuple(
        StackResult(
            key,
            one["title"],
            one["is_changed"],
            one["effects"],
            {effect: tuple(_requirements(one, effect)) for effect in one["requirements"]},
        )
        for key, one in ordered
    )


def _requirements(one: Plain, effect: str) -> Iterator[AtRequirement]:
    for address, count in one["requirements"][effect].items():
        examples = tuple(
            Example(said["learner"], tuple((at, key, values) for at, key, values in said["why"]))
            for said in one["examples"]
            if (said["effect"], said["address"]) == (effect, address)
        )
        yield AtRequirement(address, one["titles"].get(address, ""), count, examples)
