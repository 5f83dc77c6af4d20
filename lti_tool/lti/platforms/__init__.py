"""The differences between platforms, one file per family; ``quirks_of`` chooses."""

from __future__ import annotations

from collections.abc import Mapping

from lti_tool.lti.platforms.blackboard import Blackboard
from lti_tool.lti.platforms.brightspace import Brightspace
from lti_tool.lti.platforms.canvas import Canvas
from lti_tool.lti.platforms.moodle import Moodle
from lti_tool.lti.platforms.openedx import OpenEdX
from lti_tool.lti.platforms.quirks import PlatformQuirks
from lti_tool.lti.registrations import PlatformRegistration

__all__ = ["BY_FAMILY", "GENERIC", "PlatformQuirks", "quirks_of", "shares_identities"]

GENERIC = PlatformQuirks()
BY_FAMILY: Mapping[str, PlatformQuirks] = {
    "moodle": Moodle(),
    "canvas": Canvas(),
    "openedx": OpenEdX(),
    "blackboard": Blackboard(),
    "brightspace": Brightspace(),
}


def shares_identities(family: str | None) -> bool:
    """Return whether a new registration of a family begins with the user ids of its issuer."""
    return BY_FAMILY.get(family or "", GENERIC).shares_identities


def quirks_of(registration: PlatformRegistration) -> PlatformQuirks:
    """Return how the platform of a registration behaves; the family was chosen with it."""
    return BY_FAMILY.get(registration.product_family, GENERIC)
