"""The credential of an award as a file: fetched from the tool for its learner, kept nowhere."""

from __future__ import annotations

import json
import logging
from uuid import UUID

from webob import Response

from quoin_xblock.client import Client
from quoin_xblock.transport import ToolAwayError, ToolRefusedError
from quoin_xblock.words import Words

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/vc"


def hand_out(client: Client, subject: str, award: str, words: Words) -> Response:
    """Give the credential of an award of ``subject`` as a download, or say why there is none.

    ``award`` is what the address says: anything.
    """
    _ = words.gettext
    try:
        number = str(UUID(award))
    except ValueError:
        return _sentence(404, _("There is no such credential."))
    if not (client.settings.is_connected and subject):
        return _sentence(404, _("There is no such credential."))
    try:
        document = client.fetch_credential(subject, number)
    except ToolAwayError:
        return _sentence(503, _("Quoin cannot be reached just now. Try again in a moment."))
    except ToolRefusedError as error:
        log.warning("The tool refuses a credential to this LMS: %s", error)
        return _sentence(404, _("There is no such credential."))
    body = json.dumps(document, ensure_ascii=False).encode()
    response = Response(body, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="credential-{number}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _sentence(status: int, text: str) -> Response:
    return Response(text, status=status, content_type="text/plain", charset="UTF-8")
