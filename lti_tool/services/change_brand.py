"""Use case: say how an institution's pages look: its name, its accents, its logo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lti_tool.branding import digest_of, read_logo
from lti_tool.colours import DARK, LIGHT, TEXT, is_colour, judge
from lti_tool.credentials.pictures import Picture
from lti_tool.errors import InvalidInputError
from lti_tool.persistence.audit import add_event
from lti_tool.persistence.base import Database
from lti_tool.persistence.brands import Logo, find_logo, set_logo
from lti_tool.persistence.catalog import Institution, get_institution

LONGEST_NAME = 255
_SCHEMES = {"light": (LIGHT, "light"), "dark": (DARK, "dark")}


@dataclass(frozen=True, slots=True)
class NewBrand:
    """What is to hold; "" for an accent is the usual one. ``logo`` None keeps what is there."""

    name: str
    light: str = ""
    dark: str = ""
    logo: bytes | None = None
    is_logo_removed: bool = False


def change_brand(database: Database, key: str, new: NewBrand, *, actor: str, now: datetime) -> None:
    """Let the pages of an institution look like this from the next click on.

    ``InvalidInputError`` names the field (``name``, ``light``, ``dark``, ``logo``): a colour that
    not everybody can read is refused with its contrast and the nearest one that is enough.
    ``NotFoundError`` for an unknown institution.
    """
    name = new.name.strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise InvalidInputError(
            f"Enter a name with at most {LONGEST_NAME} characters.", field="name"
        )
    colours = {field: _colour(field, value) for field, value in _accents(new) if value}
    logo = None if new.logo is None else read_logo(new.logo)
    with database.writing() as session:
        institution = get_institution(session, key)
        if logo is not None or new.is_logo_removed:
            set_logo(
                session, institution.id, None if logo is None else _row(institution.id, logo, now)
            )
        _save(session, institution, name, colours, actor, now)


def _row(institution_id: int, logo: Picture, now: datetime) -> Logo:
    return Logo(
        institution_id=institution_id,
        content_hash=logo.content_hash,
        media_type=logo.media_type,
        content=logo.content,
        changed_at=now,
    )


def _accents(new: NewBrand) -> tuple[tuple[str, str], ...]:
    return ("light", new.light.strip()), ("dark", new.dark.strip())


def _colour(field: str, value: str) -> str:
    if not is_colour(value):
        raise InvalidInputError(
            "Enter a colour as #0e5a60, or nothing for the usual one.", field=field
        )
    scheme, ground = _SCHEMES[field]
    verdict = judge(value, scheme)
    if not verdict.passes:
        raise InvalidInputError(
            f"On {ground} pages text in or on this colour has a contrast of "
            f"{_down(verdict.ratio)}:1 and needs {TEXT}:1. The nearest colour that has it is "
            f"{verdict.nearest}.",
            code="contrast",
            field=field,
        )
    return value.lower()


def _down(ratio: float) -> str:
    """Return a contrast, never rounded up to what would be enough."""
    return f"{int(ratio * 100) / 100:.2f}"


def _save(
    session: Session,
    institution: Institution,
    name: str,
    colours: Mapping[str, str],
    actor: str,
    now: datetime,
) -> None:
    kept = find_logo(session, institution.id)
    brand: dict[str, Any] = dict(colours)
    if colours:
        brand["style"] = digest_of(colours)
    if kept is not None:
        brand["logo"] = kept.content_hash
    if (institution.name, institution.brand or {}) == (name, brand):
        return
    institution.name, institution.brand = name, brand or None
    add_event(
        session,
        institution_id=institution.id,
        actor=actor,
        action="brand-changed",
        subject=str(institution.uuid),
        at=now,
        detail={"name": name, **brand},
    )
