"""Use case: ask what the publication of a draft would do to all learners; it is computed aside."""

from __future__ import annotations

from datetime import datetime
from importlib.util import find_spec
from uuid import UUID

from lti_tool.building.reviewed import expect_sound
from lti_tool.building.simulated import base_of
from lti_tool.errors import ConflictError
from lti_tool.persistence.base import Database
from lti_tool.persistence.simulations import begin_simulation
from lti_tool.persistence.stack_drafts import get_draft

NEEDED = ("numpy", "pyarrow")


def start_simulation(
    database: Database, uuid: UUID, *, institution_id: int, actor: str, now: datetime
) -> None:
    """Begin the simulation of the present text of a draft, anew if there was one.

    ``NotFoundError`` for a draft of others, ``InvalidInputError`` while something in it is to be
    corrected, ``ConflictError`` where what it takes is not installed.
    """
    if not all(find_spec(name) for name in NEEDED):
        raise ConflictError(
            "A simulation needs NumPy and Arrow, which are not installed here: "
            "pip install 'quoin[cohort]'.",
            code="not-installed",
        )
    with database.writing() as session:
        draft = get_draft(session, institution_id, uuid, lock=True)
        expect_sound(session, draft)
        begin_simulation(
            session, draft, base=base_of(session, institution_id), asked_by=actor, now=now
        )
