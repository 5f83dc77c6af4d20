"""The e-mail address of a launch: kept with the session, if the platform vouches for it."""

from __future__ import annotations

from typing import Any

import pytest

from lti_tool.persistence.base import Database
from tests.lti.world import World


@pytest.fixture
def world(sqlite_database: Database) -> World:
    """A platform that launches."""
    return World(sqlite_database)


@pytest.mark.parametrize(
    ("claims", "kept"),
    [
        ({"email": "Ada@uni.example"}, "Ada@uni.example"),
        ({"email": "ada@uni.example", "email_verified": True}, "ada@uni.example"),
        ({"email": "ada@uni.example", "email_verified": False}, None),
        ({"email": "ada"}, None),
        ({"email": 7}, None),
        ({"email": f"{'a' * 320}@uni.example"}, None),
        ({"email": "ada@uni.example\n"}, None),
        ({"email": None}, None),
    ],
)
def test_only_an_address_that_the_platform_vouches_for_is_kept(
    world: World, claims: dict[str, Any], kept: str | None
) -> None:
    assert world.launched(world.launch(**claims)).email == kept
    # The second launch takes the short way in.
    assert world.launched(world.launch(**claims)).email == kept
