"""The accounts of a person, in words by which people know them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.persistence.awards import list_awards
from lti_tool.persistence.joined_accounts import list_places
from lti_tool.persistence.learners import get_learner
from lti_tool.translating import _


@dataclass(frozen=True, slots=True)
class Account:
    """A learner as they know themselves: name, platforms, courses, and how many awards.

    ``is_own`` is the account that is signed in now.
    """

    uuid: UUID
    name: str
    platforms: tuple[str, ...]
    courses: tuple[str, ...]
    awards: int
    is_own: bool


def read_accounts(session: Session, learner_ids: Sequence[int], own_id: int) -> list[Account]:
    """Return these accounts, in the order given."""
    places = list_places(session, learner_ids)
    found = []
    for learner_id in learner_ids:
        learner, mine = get_learner(session, learner_id), places.get(learner_id, [])
        found.append(
            Account(
                uuid=learner.uuid,
                name=learner.name or _("An account without a name"),
                platforms=tuple(dict.fromkeys(platform for platform, _ in mine)),
                courses=tuple(dict.fromkeys(course for _, course in mine if course)),
                awards=len(list_awards(session, [learner_id])),
                is_own=learner_id == own_id,
            )
        )
    return found
