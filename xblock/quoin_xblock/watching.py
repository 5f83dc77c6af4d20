"""Which parts of the course a competency watches, and how far the learner is in each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from xblock.completable import XBlockCompletionMode

from quoin_xblock import compat
from quoin_xblock.evidence import (
    Mode,
    Verdict,
    Watched,
    decide_attestation,
    decide_checklist,
    decide_score,
    decide_watched,
)
from quoin_xblock.learner import Learner

log = logging.getLogger(__name__)
OURS = ("quoin_competency", "quoin_progress")
UNIT, SUBSECTION, LISTED = "unit", "subsection", "listed"


def judge(block: Any, learner: Learner) -> Verdict:
    """Find out now whether ``learner`` meets the competency of ``block``; asks the LMS alone."""
    if block.mode == Mode.CHECKLIST:
        return decide_checklist(block.checklist, block.handed_in)
    if block.mode == Mode.ATTESTATION:
        return decide_attestation(is_attested=learner.course_id in block.attested)
    watched = dict(_watched(block))
    if block.mode == Mode.SCORE:
        scores = compat.read_scores(block.settings.scores, learner.user_id, list(watched))
        parts = [Watched(title, scores.get(str(key))) for key, title in watched.items()]
        return decide_score(parts, block.threshold)
    return decide_watched(_completions(block, watched))


def _completions(block: Any, watched: dict[Any, str]) -> list[Watched]:
    service = block.runtime.service(block, "completion")
    if service is None:
        # Without the service nothing is known to be complete, and nothing is claimed.
        return [Watched(title, 0.0) for title in watched.values()]
    found = service.get_completions(list(watched))
    return [Watched(title, float(found.get(key, 0.0))) for key, title in watched.items()]


def _watched(block: Any) -> Iterator[tuple[Any, str]]:
    """Yield key and title of each part that is watched, in the order of the course."""
    if block.watch_scope == LISTED:
        yield from (_listed(block, key) for key in block.watched)
        return
    top = block.get_parent()
    if top is not None and block.watch_scope == SUBSECTION:
        top = top.get_parent() or top
    if top is not None:
        for leaf in _leaves(top):
            # A text or a video has no score and would pull the mean down.
            if block.mode != Mode.SCORE or getattr(leaf, "has_score", False):
                yield leaf.scope_ids.usage_id, _title(leaf)


def _leaves(node: Any) -> Iterator[Any]:
    for child in node.get_children():
        mode = getattr(child, "completion_mode", None)
        if child.scope_ids.block_type in OURS or mode == XBlockCompletionMode.EXCLUDED:
            continue
        if child.has_children and mode != XBlockCompletionMode.COMPLETABLE:
            yield from _leaves(child)
        else:
            yield child


def _listed(block: Any, text: str) -> tuple[Any, str]:
    key = parse_key(block, text)
    try:
        return key, _title(block.runtime.get_block(key))
    except Exception as error:  # noqa: BLE001  (every store has errors of its own)
        log.info("A watched part cannot be loaded: %s", type(error).__name__)
        return key, text


def parse_key(block: Any, text: str) -> Any:
    """Give the usage key that ``text`` writes, in the form of the block's own key."""
    own = block.scope_ids.usage_id
    if isinstance(own, str):
        return text
    return type(own).from_string(text).map_into_course(own.course_key)


def _title(block: Any) -> str:
    return str(getattr(block, "display_name", None) or block.scope_ids.block_type)
