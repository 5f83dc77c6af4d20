"""Use case: a wallet reads whose credentials these are (Open Badges 3.0 API, getProfile)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lti_tool.persistence.base import Database
from lti_tool.wallet_protocols.access import find_access
from lti_tool.wallet_protocols.badge_api import learner_profile
from lti_tool.wallet_protocols.oauth import PROFILE


def read_profile(database: Database, token: str, *, now: datetime) -> dict[str, Any]:
    """Return the learner as a Profile; ``OAuthError`` for a token that does not reach so far."""
    with database.reading() as session:
        learner = find_access(session, token, PROFILE, now).learner
        return learner_profile(learner.uuid, learner.name)
