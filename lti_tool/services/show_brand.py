"""Use case: show how an institution looks: to who sets it, and to browsers."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lti_tool.branding import stylesheet
from lti_tool.credentials.pictures import Picture
from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Database
from lti_tool.persistence.brands import Brand, brand_of, find_logo
from lti_tool.persistence.catalog import get_institution, get_institution_by_uuid


@dataclass(frozen=True, slots=True)
class BrandView:
    """What is set; "" for the usual accent, and for no language."""

    key: str
    name: str
    light: str
    dark: str
    brand: Brand | None
    language: str


def show_brand(database: Database, key: str) -> BrandView:
    """Return what is set for an institution; ``NotFoundError``."""
    with database.reading() as session:
        row = get_institution(session, key)
        said = row.brand or {}
        return BrandView(
            key,
            row.name,
            said.get("light", ""),
            said.get("dark", ""),
            brand_of(row.uuid, row.name, row.brand),
            row.language or "",
        )


def find_brand(database: Database, institution_uuid: UUID) -> Brand | None:
    """Return the brand for a public page of an institution, None for none or an unknown one."""
    with database.reading() as session:
        try:
            row = get_institution_by_uuid(session, institution_uuid)
        except NotFoundError:
            return None
        return brand_of(row.uuid, row.name, row.brand)


def show_stylesheet(database: Database, institution_uuid: UUID) -> tuple[str, str]:
    """Return the present stylesheet and the hash that names it; ``NotFoundError`` for none."""
    with database.reading() as session:
        said = get_institution_by_uuid(session, institution_uuid).brand or {}
        if "style" not in said:
            raise NotFoundError("This institution has no stylesheet of its own.")
        return stylesheet(said), said["style"]


def show_logo(database: Database, institution_uuid: UUID) -> Picture:
    """Return the present logo; ``NotFoundError`` for none."""
    with database.reading() as session:
        found = find_logo(session, get_institution_by_uuid(session, institution_uuid).id)
        if found is None:
            raise NotFoundError("This institution has no logo.")
        return Picture(found.media_type, found.content)
