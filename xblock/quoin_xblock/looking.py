"""A look at what the tool knows of a learner; what was seen before stays until there is better."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import StrEnum
from typing import Any

from quoin_xblock.client import Client
from quoin_xblock.learner import find_subject
from quoin_xblock.standing import parse_progress
from quoin_xblock.transport import ToolAwayError, ToolRefusedError

log = logging.getLogger(__name__)


class Look(StrEnum):
    """What came of a look."""

    SEEN = "seen"
    AWAY = "away"
    NOT_LINKED = "not-linked"
    NOT_CONNECTED = "not-connected"


def look_again(block: Any, client: Client, *, now: datetime, is_new: bool) -> Look:
    """Ask the tool once and keep the answer in ``block.last_seen``.

    ``is_new``: something was just handed over, so that an answer kept for others does not do.
    """
    if not client.settings.is_connected:
        return Look.NOT_CONNECTED
    subject = find_subject(block)
    if not subject:
        return Look.NOT_LINKED
    etag = str(block.last_seen.get("etag", ""))
    try:
        answer = client.fetch_progress(subject, block.stack_id, etag=etag, is_new=is_new)
    except ToolAwayError:
        return Look.AWAY
    except ToolRefusedError as error:
        log.warning("The tool refuses to show progress to this LMS: %s", error)
        return Look.AWAY
    seen = {**block.last_seen, "as_of": now.isoformat()}
    if answer.status == 200:
        seen |= {"progress": parse_progress(answer.content), "etag": answer.etag}
    block.last_seen = seen
    return Look.SEEN
