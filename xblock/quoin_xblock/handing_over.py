"""How a completion leaves the course: through the plugin's outbox, else through the learner's own.

The plugin writes a row in the LMS's transaction and sends it in the background. Where the plugin is
not at work, the completion waits in the learner's state and is sent with the next visit.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from quoin_xblock import compat
from quoin_xblock.client import Client
from quoin_xblock.evidence import Mode
from quoin_xblock.learner import Learner, course_key_of, find_subject
from quoin_xblock.transport import ToolAwayError, ToolRefusedError

log = logging.getLogger(__name__)
KIND = "competency"
LONGEST_OUTBOX = 20


def hand_over(block: Any, learner: Learner, *, grade: str | None, at: datetime) -> None:
    """Hand one completion over, ``at`` being aware; calls nobody over the network."""
    if enqueue(block, learner, grade=grade, at=at):
        return
    evidence = _evidence(block)
    item = {
        "key": build_event_id(block, learner),
        "competency": block.competency_id,
        "completed_at": at.isoformat(),
        **({} if grade is None else {"grade": grade}),
        **({} if evidence is None else {"evidence": evidence}),
    }
    others = [kept for kept in block.outbox if kept["key"] != item["key"]]
    block.outbox = [*others, item][-LONGEST_OUTBOX:]


def enqueue(block: Any, learner: Learner, *, grade: str | None, at: datetime) -> bool:
    """Give one completion to the plugin; say whether there is a plugin and it took it."""
    found, course_key = compat.find_enqueue(), course_key_of(block)
    if found is None or learner.user_id is None or course_key is None:
        return False
    if not block.settings.is_connected:
        # The plugin takes nothing while no tool is set; the learner's state keeps it.
        return False
    try:
        found(
            kind=KIND,
            user_id=learner.user_id,
            course_key=str(course_key),
            competency=block.competency_id,
            completed_at=at,
            grade=grade,
            evidence=_evidence(block),
            event_id=build_event_id(block, learner),
        )
    except Exception:
        log.exception("The plugin did not take a completion; it waits in the learner's state")
        return False
    return True


def _evidence(block: Any) -> list[dict[str, str]] | None:
    if block.mode != Mode.CHECKLIST:
        return None
    return [{"text": name, "url": block.handed_in[name]} for name in block.checklist]


def build_event_id(block: Any, learner: Learner) -> str:
    """Give the key of the completion: the same for every try, so that it is recorded once."""
    who = learner.course_id or learner.user_id or block.scope_ids.user_id
    name = f"{block.scope_ids.usage_id}|{who}|{block.competency_id}"
    return str(uuid5(NAMESPACE_URL, f"quoin-xblock:{name}"))


def send_waiting(block: Any, client: Client) -> bool:
    """Send what waits in the learner's state; say whether anything arrived.

    What the tool refuses is dropped with a line in the log: no further try would change it.
    """
    if not block.outbox:
        return False
    subject = find_subject(block)
    if not subject or not client.settings.is_connected:
        return False
    who = {"issuer": client.settings.issuer, "subject": subject}
    try:
        results = client.send_completions([{**item, **who} for item in block.outbox])
    except ToolAwayError:
        return False
    except ToolRefusedError as error:
        # Of the whole request: a wrong key or clock, which an operator repairs. All is kept.
        log.warning("The tool refuses completions of this LMS: %s", error)
        return False
    for result in results:
        if isinstance(result, dict) and result.get("status") == "refused":
            log.warning("The tool refused completion %s: %s", result.get("key"), _problem(result))
    block.outbox = []
    return True


def _problem(result: dict[str, Any]) -> str:
    found = result.get("problem")
    return str(found.get("title", "") if isinstance(found, dict) else found)[:200]
