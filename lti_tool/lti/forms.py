"""Form and query parameters of a message: each at most once, each bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lti_tool.errors import LTIError

MOST_FIELDS = 50

Fields = Iterable[tuple[str, str]]


def single_fields(
    fields: Fields, limits: Mapping[str, int], error: type[LTIError], code: str
) -> dict[str, str]:
    """Return the known fields by name; ``error`` when one is repeated or too long.

    ``limits`` maps each known name to its greatest length in characters. Unknown fields are
    left out (platforms add their own); there may be ``MOST_FIELDS`` in all.
    """
    found: dict[str, str] = {}
    for number, (name, value) in enumerate(fields):
        if number >= MOST_FIELDS:
            raise error("The message has too many fields.", code=code)
        if name not in limits:
            continue
        if name in found:
            raise error(f"The message has the field '{name}' twice.", code=code)
        if len(value) > limits[name]:
            raise error(f"The field '{name}' of the message is too long.", code=code)
        found[name] = value
    return found
