"""Use case: check again what an award of this tool rests on, when its credential is checked."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from lti_tool.credentials.recognition.outcomes import Told, Verdict
from lti_tool.errors import NotFoundError
from lti_tool.issuing.awards import receipt_hash
from lti_tool.issuing.signing import Signing, issuer_of
from lti_tool.persistence.base import Database
from lti_tool.persistence.credentials import AwardRows, load_award
from lti_tool.persistence.snapshots import read_version
from stacking_rules import verify_receipt


class ReceiptFinding(StrEnum):
    """What became of checking a receipt again."""

    HOLDS = "holds"
    OTHER_RULE = "other-rule"
    OTHER_RECEIPT = "other-receipt"
    DOES_NOT_HOLD = "does-not-hold"


def check_own_receipt(
    database: Database, signing: Signing, verdict: Verdict
) -> ReceiptFinding | None:
    """Return whether the receipt of a stack still shows that its rule was met.

    Rule and receipt are those that are stored; their hashes are compared with those that were
    signed, and every counted fact is put where the receipt says. None for a credential that no
    institution of this tool has issued for a stack, or that does not say whose it is.
    """
    told = verdict.told
    uuid = None if told is None else _award_of(told, signing.public_url)
    if told is None or uuid is None or not told.receipt_hash:
        return None
    with database.reading() as session:
        try:
            rows = load_award(session, uuid)
        except NotFoundError:
            return None
        if issuer_of(signing, rows.institution).did != told.issuer:
            return None
        return _found(rows, told)


def _found(rows: AwardRows, told: Told) -> ReceiptFinding:
    award, version = rows.award, rows.version
    if version.content_hash != told.rule_hash:
        return ReceiptFinding.OTHER_RULE
    if receipt_hash(award.receipt) != told.receipt_hash:
        return ReceiptFinding.OTHER_RECEIPT
    stack = read_version(version)
    if verify_receipt(stack, award.receipt):
        return ReceiptFinding.DOES_NOT_HOLD
    return ReceiptFinding.HOLDS


def _award_of(told: Told, public_url: str) -> UUID | None:
    head, _, name = told.id.rpartition("/")
    if head != f"{public_url}/credentials":
        return None
    try:
        return UUID(name)
    except ValueError:
        return None
