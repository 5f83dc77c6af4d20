"""Use case: check that no audit event was changed, put in between or taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_tool.chaining import link
from lti_tool.persistence.audit_seals import count_unsealed, walk_seals
from lti_tool.persistence.base import Database

SLACK = timedelta(minutes=10)
"""By when the worker has sealed what was written, while it runs."""
MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Break:
    """A place at which the chain does not hold: ``kind`` is "changed", "gone" or "missing-seal"."""

    position: int
    event: int
    kind: str


@dataclass(frozen=True, slots=True)
class AuditChecked:
    """What the check found; ``unsealed`` events are older than ten minutes and in no chain.

    ``has_head`` says whether the hash that was asked for is one of the chain's.
    """

    sealed: int
    head: str
    breaks: tuple[Break, ...]
    unsealed: int
    has_head: bool

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong; events that wait for their seal are not wrong."""
        return not self.breaks and self.has_head


def verify_audit(database: Database, *, head: str = "", now: datetime) -> AuditChecked:
    """Work every seal out again, and name up to 100 places at which it does not hold.

    ``head`` is a hash that was kept elsewhere: the chain has to pass through it. Only that shows
    that the end of the chain was cut off, or all of it made anew.
    """
    breaks: list[Break] = []
    position, before, has_head = 0, "", not head
    with database.reading() as session:
        for seal, event in walk_seals(session):
            if seal.position != position + 1:
                breaks.append(Break(position + 1, seal.event_id, "missing-seal"))
            if event is None:
                breaks.append(Break(seal.position, seal.event_id, "gone"))
            elif link(before, event) != seal.hash:
                breaks.append(Break(seal.position, seal.event_id, "changed"))
            # The next one is judged by the seal that stands there: one change is one break.
            position, before = seal.position, seal.hash
            has_head = has_head or seal.hash == head
        unsealed = count_unsealed(session, now - SLACK)
    return AuditChecked(position, before, tuple(breaks[:MOST_TOLD]), unsealed, has_head)
