"""Launches for the certification tests, and PyLTI1p3's validators as a second opinion."""

from __future__ import annotations

from typing import Any

import pytest
from pylti1p3.exception import LtiException
from pylti1p3.message_validators import get_validators

from lti_tool.errors import LTIError
from lti_tool.persistence.launched import Launched
from tests.lti.world import World


def launched(world: World, **claims: Any) -> Launched:
    """Launch and return the session; both validators have to agree."""
    assert second_opinion(world.platform.claims(**claims))
    return world.launched(world.launch(**claims))


def refused(
    world: World, *, code: str, header: dict[str, Any] | None = None, **claims: Any
) -> None:
    """Launch with something wrong and expect the refusal with this code."""
    login = world.log_in()
    found = world.platform.claims(**({"nonce": login.nonce} | claims))
    token = world.platform.sign(found, **(header or {}))
    with pytest.raises(LTIError) as caught:
        world.post(login.state, token)
    assert caught.value.code == code


def second_opinion(claims: dict[str, Any]) -> bool:
    """Return whether PyLTI1p3 accepts the claims of a message."""
    try:
        return any(v.can_validate(claims) and v.validate(claims) for v in get_validators())
    except LtiException:
        return False
