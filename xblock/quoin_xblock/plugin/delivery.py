"""What follows from an answer of the tool. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

AGAIN = (408, 425, 429)
"""Answers of HTTP after which a try later may succeed, beside those from 500 on."""
TOO_MUCH = (400, 413, 422)
"""Answers that may be about one completion among many: each half is tried by itself."""
FIRST_DELAY, LONGEST_DELAY = 5.0, 300.0
"""Seconds."""
LONGEST_PROBLEM = 500


class Next(Enum):
    """What happens to a row."""

    DONE = "done"
    AGAIN = "again"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``status`` is None when nothing did, ``problem`` then says why."""

    status: int | None
    body: bytes = b""
    retry_after: float | None = None
    """Seconds for which the tool asks to be left alone."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to one row, and the reason unless it is done."""

    next: Next
    problem: str = ""


def judge_batch(answer: Answer, keys: Sequence[str]) -> list[Verdict]:
    """Give a verdict for each of ``keys``, in their order."""
    whole = judge(answer)
    if whole.next is not Next.DONE:
        return [whole] * len(keys)
    results = _results_by_key(answer.body)
    return [_judge_item(results.get(key)) for key in keys]


def judge(answer: Answer) -> Verdict:
    """Give the verdict on a whole request."""
    if answer.status is None:
        return Verdict(Next.AGAIN, answer.problem)
    if 200 <= answer.status < 300:
        return Verdict(Next.DONE)
    problem = f"{answer.status}: {_problem_of(_parse(answer.body)) or 'no reason was given'}"
    if 400 <= answer.status < 500 and answer.status not in AGAIN:
        return Verdict(Next.DEAD, problem)
    # A redirect, too, is tried again: the address in the settings is repaired by the operator.
    return Verdict(Next.AGAIN, problem)


def should_halve(answer: Answer, count: int) -> bool:
    """Say whether one completion may have spoilt the request for the others."""
    return answer.status in TOO_MUCH and count > 1


def delay_before(attempts: int, answer: Answer, *, chance: float | None = None) -> float:
    """Give seconds until the next try after ``attempts`` that failed.

    It doubles from try to try, and half of it is left to chance (0 to 1), so that many processes
    do not come back at the same moment. A tool that names a time is not asked earlier.
    """
    whole = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(attempts - 1, 16))
    luck = random.random() if chance is None else chance  # noqa: S311 - nothing secret
    return max(whole / 2 + luck * whole / 2, min(answer.retry_after or 0.0, 3600.0))


def _judge_item(result: Any) -> Verdict:
    status = result.get("status") if isinstance(result, dict) else None
    if status in ("recorded", "repeated"):
        return Verdict(Next.DONE)
    if status == "refused":
        return Verdict(Next.DEAD, _problem_of(result.get("problem")) or "no reason was given")
    # Not the tool's answer, but perhaps that of something between it and us.
    return Verdict(Next.AGAIN, "The answer has no result for this completion.")


def _results_by_key(body: bytes) -> dict[str, Any]:
    content = _parse(body)
    results = content.get("results") if isinstance(content, dict) else None
    if not isinstance(results, list):
        return {}
    return {str(item.get("key")): item for item in results if isinstance(item, dict)}


def _problem_of(content: Any) -> str:
    """Give the words of a problem document (RFC 9457), or of a plain text."""
    if isinstance(content, dict):
        content = content.get("detail") or content.get("title")
    return str(content)[:LONGEST_PROBLEM] if content else ""


def _parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
