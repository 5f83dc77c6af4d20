"""What is entered of a platform, by hand or from a file: checked before it is kept."""

from __future__ import annotations

from lti_tool.errors import InvalidInputError

LONGEST_ID = 255


def check_id(field: str, value: str) -> None:
    """Refuse what cannot be an id of LTI; ``InvalidInputError`` names ``field``."""
    if not value or len(value) > LONGEST_ID or not value.isascii() or not value.isprintable():
        raise InvalidInputError(
            f"The {field} must be 1 to {LONGEST_ID} ASCII characters.", field=field
        )
