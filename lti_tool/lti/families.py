"""The products that platforms are: chosen at registration, never switched by a launch."""

from __future__ import annotations

from enum import StrEnum


class ProductFamily(StrEnum):
    """What product a platform is, as far as this tool treats it in its own way."""

    MOODLE = "moodle"
    CANVAS = "canvas"
    OPENEDX = "openedx"
    BLACKBOARD = "blackboard"
    BRIGHTSPACE = "brightspace"
    GENERIC = "generic"


NAMES = {
    ProductFamily.MOODLE: "Moodle",
    ProductFamily.CANVAS: "Canvas",
    ProductFamily.OPENEDX: "Open edX",
    ProductFamily.BLACKBOARD: "Blackboard",
    ProductFamily.BRIGHTSPACE: "Brightspace",
    ProductFamily.GENERIC: "your LMS",
}
CODES = {
    "moodle": ProductFamily.MOODLE,
    "canvas": ProductFamily.CANVAS,
    "openedx": ProductFamily.OPENEDX,
    "blackboardlearn": ProductFamily.BLACKBOARD,
    "desire2learn": ProductFamily.BRIGHTSPACE,
}
"""``product_family_code`` in lower case; Open edX sends none."""


def family_of(code: object) -> ProductFamily:
    """Return the family that a ``product_family_code`` names, generic for any other value."""
    return (
        CODES.get(code.lower(), ProductFamily.GENERIC)
        if isinstance(code, str)
        else (ProductFamily.GENERIC)
    )
