"""What is still missing: the smallest set of next steps."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next at one requirement.

    ``kind`` is "complete" (one achievement), "complete-any" (``count`` of ``options``), "earn"
    (an award), "improve" (completed, but below the grade), or "credits" (``credits`` more from
    ``options``). ``grade`` is the grade to reach, as text, or None.
    """

    address: str
    kind: str
    options: tuple[str, ...]
    count: int = 1
    credits: Decimal | None = None
    grade: Decimal | None = None
    grade_scale: str = ""
