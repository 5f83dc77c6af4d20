"""Publish the stacks of a document: new texts become new, immutable versions."""

from __future__ import annotations

from datetime import datetime

from lti_tool.building.declaring import take_up
from lti_tool.building.publishing import Publication, Published, publish
from lti_tool.persistence.base import Database
from lti_tool.persistence.catalog import get_institution
from lti_tool.persistence.definitions import find_current_definitions
from lti_tool.stack_text import document_of, read_plain


def publish_stacks(
    database: Database,
    *,
    institution_key: str,
    text: str,
    actor: str,
    now: datetime,
    despite: str = "",
) -> tuple[Published, ...]:
    """Publish every stack and achievement of a document (YAML or JSON text).

    It takes up what the institution declares, and each version keeps that for good. A stack whose
    text is unchanged, with what it takes up, keeps its version. ``StackTextError`` names the place
    of the first thing that is wrong; ``InvalidInputError`` if awards need each other, also through
    stacks published before, if a stack stands there in several versions, or (code
    ``elements-missing``) if one of them is described as a European micro-credential that lacks
    mandatory elements and ``despite`` gives no reason; ``NotFoundError`` for an unknown
    institution; ``ForbiddenError`` (code ``four-eyes``) where stacks come out of approved drafts.
    """
    with database.writing() as session:
        institution = get_institution(session, institution_key)
        row = find_current_definitions(session, institution.id)
        declared = row.document if row is not None else {}
        document = read_plain(text, lambda data: document_of(take_up(data, declared)))
        return publish(session, institution, document, Publication(actor, now, despite=despite))
