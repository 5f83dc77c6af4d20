"""What a teacher's rule may say, and the item of a source that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from lti_tool.errors import InvalidInputError
from lti_tool.sources.evidence import FactKind, Item
from lti_tool.translating import _

LONGEST_EVIDENCE = 2000
HIGHEST = Decimal(100)
FINEST_DIGITS = 4


def find_offer(offers: Sequence[Item], chosen: str) -> Item:
    """Return the item that was chosen as "kind:key"; ``InvalidInputError`` if it is not offered."""
    found = next((one for one in offers if f"{one.kind}:{one.key}" == chosen), None)
    if found is None:
        raise InvalidInputError(_("Choose something that the course has now."), field="item")
    return found


def read_threshold(text: str) -> Decimal | None:
    """Return the percent a teacher typed, None for an empty field; ``InvalidInputError``."""
    text = text.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    is_number = found.is_finite() and 0 < found <= HIGHEST
    if not is_number or -int(found.as_tuple().exponent) > FINEST_DIGITS:
        raise InvalidInputError(
            _("Enter a number of percent over 0, up to 100."), field="threshold"
        )
    return found


def check_rule(kind: FactKind, threshold: Decimal | None, evidence_text: str) -> None:
    """Refuse a grade without a threshold, and one where the source's word counts."""
    if kind is FactKind.GRADE and threshold is None:
        raise InvalidInputError(_("Say from which result on it is completed."), field="threshold")
    if kind is not FactKind.GRADE and threshold is not None:
        raise InvalidInputError(
            _("Leave this empty: only grades have a result."), field="threshold"
        )
    if len(evidence_text) > LONGEST_EVIDENCE:
        raise InvalidInputError(
            _(
                "Shorten this to {most} characters; it has {found}.",
                most=LONGEST_EVIDENCE,
                found=len(evidence_text),
            ),
            field="evidence_text",
        )
