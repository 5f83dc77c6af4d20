"""The same credential again: once only, the newest, and never two people's without a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Again(StrEnum):
    """What to do with a credential that somebody hands in."""

    NEW = "new"
    ALREADY_HERE = "already here"
    NEWER = "newer"
    OLDER = "older"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Held:
    """One credential of somebody: what makes it the same (issuer, id), and which state it is."""

    learner: str
    issuer: str
    id: str
    valid_from: datetime
    sha256: str


def compare(new: Held, held: Iterable[Held]) -> Again:
    """Return what a credential is beside those that are here.

    Issuer and id name a credential; of its states the newest counts. One that somebody else has
    handed in needs a person to look.
    """
    same = [one for one in held if (one.issuer, one.id) == (new.issuer, new.id)]
    if any(one.learner != new.learner for one in same):
        return Again.REVIEW
    if not same:
        return Again.NEW
    newest = max(same, key=lambda one: one.valid_from)
    if new.sha256 == newest.sha256:
        return Again.ALREADY_HERE
    if new.valid_from == newest.valid_from:
        return Again.REVIEW
    return Again.NEWER if new.valid_from > newest.valid_from else Again.OLDER
