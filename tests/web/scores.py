"""Scores in every state, promised in the course of a world."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.deliveries import Delivery, add_delivery
from tests.web.world import Person, World


def promise(
    world: World, key: str, *, given: str = "92", learner: Person | None = None, **columns: Any
) -> UUID:
    """Promise a score of a learner (Amara) for an achievement and return its uuid."""
    person = learner or world.learner
    with world.database.writing() as session:
        achievement = session.scalars(
            select(Achievement).where(Achievement.uuid == world.achievement(key))
        ).one()
        context_id = world.context_of("harbour")
        name = f"score:{key}:{given}:{person.learner_id}"
        row = {
            "kind": "score",
            "key": name,
            "lane": f"{context_id}:{achievement.id}:{person.learner_id}",
            "learner_id": person.learner_id,
            "context_id": context_id,
            "achievement_id": achievement.id,
            "payload": {"score_given": given, "score_maximum": "100", "at": world.now.isoformat()},
            "due_at": world.now,
            "created_at": world.now,
        }
        add_delivery(session, row)
        delivery = session.scalars(select(Delivery).where(Delivery.key == name)).one()
        for column, value in columns.items():
            setattr(delivery, column, value)
        return delivery.uuid
