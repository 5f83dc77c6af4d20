"""What a credential says of an award, read from the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.credentials.award_grade import award_grade
from lti_tool.credentials.document import Alignment, Awarded, Counted, Origin, Renewed, Rule
from lti_tool.credentials.elements import Elements
from lti_tool.issuing.alignments import read_alignments
from lti_tool.issuing.elements import keep_picture, read_elements
from lti_tool.issuing.endorsements import read_endorsements
from lti_tool.persistence.awards import Award, find_renewed, notes_of
from lti_tool.persistence.catalog import Achievement, find_names
from lti_tool.persistence.credentials import AwardRows
from lti_tool.persistence.outside_credentials import OutsideCredential, find_origins
from lti_tool.persistence.snapshots import load_records


@dataclass(frozen=True, slots=True)
class Said:
    """What an achievement says of itself, the same in every credential of a moment."""

    elements: Elements | None
    alignments: tuple[Alignment, ...]
    endorsements: tuple[dict[str, Any], ...]
    image: str


@dataclass(slots=True)
class Shared:
    """What the credentials of one transaction share, each read once.

    ``holders`` are the DIDs that learners have proved, by internal id; ``said`` is by the
    internal id of the achievement; ``names`` are those of what counted, by institution and key.
    """

    holders: Mapping[int, str]
    said: dict[int, Said] = field(default_factory=dict)
    names: dict[int, dict[str, str]] = field(default_factory=dict)


def read_award(session: Session, rows: AwardRows, now: datetime, shared: Shared) -> Awarded:
    """Return what a credential says of an award; its picture is kept for good.

    Its achievement has the alignments and endorsements that hold ``now``.
    """
    award = rows.award
    achievement = session.get_one(Achievement, award.achievement_id)
    renewed = find_renewed(session, award) if award.number > 1 else None
    if achievement.id not in shared.said:
        shared.said[achievement.id] = _say(session, achievement, now)
    told = shared.said[achievement.id]
    return Awarded(
        uuid=award.uuid,
        subject=rows.learner.uuid,
        achievement=achievement.uuid,
        name=achievement.name,
        description=achievement.description,
        credits=achievement.credits,
        awarded_on=award.awarded_on,
        rule=Rule(rows.version.uuid, rows.version.number, rows.version.content_hash),
        receipt_hash=receipt_hash(award.receipt),
        counted=_counted(session, award, shared.names),
        holder=shared.holders.get(award.learner_id),
        renews=None if renewed is None else Renewed(renewed.uuid, renewed.awarded_on),
        elements=told.elements,
        result=_grade(award, told.elements) if rows.shows_grade else None,
        alignments=told.alignments,
        endorsements=told.endorsements,
        image=told.image,
        valid_until=_ends_on(session, rows),
    )


def _ends_on(session: Session, rows: AwardRows) -> date | None:
    """Return the first day without an award, by the version of the stack that made it."""
    text = rows.version.document
    if text.get("lasts") is None and text.get("valid") != "throughout":
        return None
    record = load_records(session, [rows.award.learner_id])[rows.award.learner_id]
    uuid = str(rows.award.uuid)
    return next((held.valid_until for held in record.awards if held.id == uuid), None)


def grade_of(session: Session, award: Award) -> str | None:
    """Return the grade of an award as its credential would say it, if it has one."""
    achievement = session.get_one(Achievement, award.achievement_id)
    return _grade(award, read_elements(session, achievement).elements)


def _grade(award: Award, elements: Elements | None) -> str | None:
    return award_grade(notes_of(award.receipt), elements.grade if elements else None)


def _say(session: Session, achievement: Achievement, now: datetime) -> Said:
    described = read_elements(session, achievement)
    return Said(
        elements=described.elements,
        alignments=read_alignments(session, achievement.id),
        endorsements=read_endorsements(session, achievement.institution_id, achievement.id, now),
        image=keep_picture(session, achievement, described, now),
    )


def receipt_hash(receipt: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a receipt: JSON with sorted keys and no spaces, in UTF-8."""
    text = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _counted(session: Session, award: Award, known: dict[int, dict[str, str]]) -> Sequence[Counted]:
    notes = notes_of(award.receipt)
    names = known.setdefault(award.institution_id, {})
    unknown = {str(note["achievement"]) for note in notes} - names.keys()
    if unknown:
        names |= dict.fromkeys(unknown, "") | find_names(session, award.institution_id, unknown)
    uuids = {UUID(str(note["id"])) for note in notes if note.get("attributes", {}).get("external")}
    origins = find_origins(session, award.institution_id, uuids) if uuids else {}
    return [
        Counted(
            uuid=UUID(str(note["id"])),
            name=names[str(note["achievement"])] or str(note["achievement"]),
            address=str(note["address"]),
            on=date.fromisoformat(str(note["on"])),
            is_award=note["kind"] == "award",
            origin=_origin(origins.get(UUID(str(note["id"])))),
        )
        for note in notes
    ]


def _origin(found: tuple[OutsideCredential, datetime] | None) -> Origin | None:
    if found is None or not found[0].document:  # erased, or reached here
        return None
    row, decided_at = found
    return Origin(
        id=row.credential_id,
        name=str(row.told.get("name", "")),
        issuer=row.issuer,
        sha256=row.sha256,
        recognised_on=decided_at.date(),
    )
