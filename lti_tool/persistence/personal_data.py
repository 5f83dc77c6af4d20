"""Everything that is kept about one person: read for an export, and taken away for good."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.persistence.awards import Award, AwardReview, AwardRevocation
from lti_tool.persistence.base import Base
from lti_tool.persistence.calendars import CalendarAddress, end_calendar
from lti_tool.persistence.catalog import Achievement
from lti_tool.persistence.claims import EvidenceClaim
from lti_tool.persistence.completions import Completion, Evidence, Withdrawal
from lti_tool.persistence.courses import Context
from lti_tool.persistence.credentials import Credential
from lti_tool.persistence.deliveries import SCORE, Delivery, DeliveryState
from lti_tool.persistence.evidence_readings import EvidenceFact
from lti_tool.persistence.exceptions import ExceptionEnd, GrantedException
from lti_tool.persistence.joined_accounts import JoinedAccount, part_account, remove_code
from lti_tool.persistence.learner_sessions import LearnerSession
from lti_tool.persistence.learners import Identity, Learner, Membership
from lti_tool.persistence.news import LearnerNews, NewsSettings, forget_news
from lti_tool.persistence.outside_credentials import (
    OutsideCredential,
    Recognition,
    erase_outside,
)
from lti_tool.persistence.public_pages import PublicPage
from lti_tool.persistence.requests import Request, RequestState
from lti_tool.persistence.sessions import LaunchSession
from lti_tool.persistence.shown_grades import ShownGrade
from lti_tool.persistence.sign_in_attempts import SignInAttempt
from lti_tool.persistence.sign_in_ways import SignInWay
from lti_tool.persistence.staged_sheets import StagedSheet
from lti_tool.persistence.standings import StoredStanding
from lti_tool.persistence.transcripts import Transcript
from lti_tool.persistence.wallet_access import WalletClient, WalletGrant, WalletPairing
from lti_tool.persistence.wallet_offers import HolderDID, WalletOffer

ERASED = "The data of this person were erased."
INTERNAL = (
    "id",
    "institution_id",
    "learner_id",
    "recorded_by",
    "decided_by",
    "actor",
    "author",
    "token_hash",
    "code_salt",
    "salt",
    "code_challenge",
    "administrator_id",
    "lookup",
    "nonce",
    "verifier",
)
"""Columns that say nothing to a person: keys of rows, and names of others who decided."""


def read_person(session: Session, learner_id: int) -> dict[str, Any]:
    """Return all rows about a learner as plain data, each under the name of its table."""
    learner = session.get_one(Learner, learner_id)
    mine = _rows_of(learner_id)
    courses = (
        select(Context.title, Membership.is_instructor, Membership.is_active, Membership.seen_at)
        .join(Membership, Membership.context_id == Context.id)
        .where(Membership.learner_id == learner_id)
        .order_by(Membership.id)
    )
    names = {row.id: row.name for row in session.scalars(select(Achievement))}
    return {
        "learner": _plain(learner, names),
        "courses": [_values(dict(row)) for row in session.execute(courses).mappings()],
        **{
            name: [_plain(row, names) for row in session.scalars(query)]
            for name, query in mine.items()
        },
    }


def _rows_of(learner_id: int) -> dict[str, Select[Any]]:
    """Return what asks for the rows about a learner, by the name of their table."""
    return {
        "identities": select(Identity).where(Identity.learner_id == learner_id),
        "completions": select(Completion).where(Completion.learner_id == learner_id),
        "withdrawals": select(Withdrawal)
        .join(Completion, Completion.id == Withdrawal.completion_id)
        .where(Completion.learner_id == learner_id),
        "evidence": select(Evidence).where(Evidence.learner_id == learner_id),
        "awards": select(Award).where(Award.learner_id == learner_id),
        "credentials": select(Credential).where(Credential.learner_id == learner_id),
        "outside_credentials": select(OutsideCredential).where(
            OutsideCredential.learner_id == learner_id
        ),
        "recognitions": select(Recognition)
        .join(OutsideCredential, OutsideCredential.id == Recognition.outside_credential_id)
        .where(OutsideCredential.learner_id == learner_id),
        "revocations": select(AwardRevocation)
        .join(Award, Award.id == AwardRevocation.award_id)
        .where(Award.learner_id == learner_id),
        "reviews": select(AwardReview)
        .join(Award, Award.id == AwardReview.award_id)
        .where(Award.learner_id == learner_id),
        "transcripts": select(Transcript).where(Transcript.learner_id == learner_id),
        "requests": select(Request).where(Request.learner_id == learner_id),
        "exceptions": select(GrantedException).where(GrantedException.learner_id == learner_id),
        "exception_ends": select(ExceptionEnd)
        .join(GrantedException, GrantedException.id == ExceptionEnd.exception_id)
        .where(GrantedException.learner_id == learner_id),
        "shown_grades": select(ShownGrade).where(ShownGrade.learner_id == learner_id),
        "public_pages": select(PublicPage).where(PublicPage.learner_id == learner_id),
        "joined_accounts": select(JoinedAccount).where(JoinedAccount.learner_id == learner_id),
        "scores": select(Delivery).where(Delivery.learner_id == learner_id, Delivery.kind == SCORE),
        **_told(learner_id),
        "sessions": select(LaunchSession).where(LaunchSession.learner_id == learner_id),
        "wallet_offers": select(WalletOffer).where(WalletOffer.learner_id == learner_id),
        "holder_dids": select(HolderDID).where(HolderDID.learner_id == learner_id),
        "wallet_pairings": select(WalletPairing).where(WalletPairing.learner_id == learner_id),
        "wallet_grants": select(WalletGrant).where(WalletGrant.learner_id == learner_id),
        "wallets": select(WalletClient)
        .join(WalletGrant, WalletGrant.wallet_client_id == WalletClient.id)
        .where(WalletGrant.learner_id == learner_id),
        **{
            table.__tablename__: select(table).where(table.learner_id == learner_id)
            for table in (SignInWay, SignInAttempt, LearnerSession, EvidenceFact)
        },
    }


def _told(learner_id: int) -> dict[str, Any]:
    """Return the queries of what a learner is told, and by which ways."""
    tables = {
        "calendar_addresses": CalendarAddress,
        "news": LearnerNews,
        "news_settings": NewsSettings,
    }
    return {
        name: select(table).where(table.learner_id == learner_id)  # type: ignore[attr-defined]
        for name, table in tables.items()
    }


def erase_person(session: Session, learner_id: int, now: datetime) -> None:
    """Take away what says who a learner is, and what they wrote; the ledger stays, nameless.

    Completions and awards cannot be changed (the database refuses it); without identity and
    name they belong to nobody. A later launch of the same person makes a new learner.
    """
    learner = session.get_one(Learner, learner_id)
    learner.name = learner.language = None
    session.execute(delete(Identity).where(Identity.learner_id == learner_id))
    session.execute(delete(ShownGrade).where(ShownGrade.learner_id == learner_id))
    session.execute(
        delete(LaunchSession).where(
            or_(LaunchSession.learner_id == learner_id, LaunchSession.subject_id == learner_id)
        )
    )
    session.execute(delete(SignInWay).where(SignInWay.learner_id == learner_id))
    session.execute(delete(SignInAttempt).where(SignInAttempt.learner_id == learner_id))
    session.execute(delete(LearnerSession).where(LearnerSession.learner_id == learner_id))
    for table in (WalletOffer, HolderDID, WalletPairing, WalletGrant, EvidenceFact):
        session.execute(delete(table).where(table.learner_id == learner_id))
    session.execute(delete(Membership).where(Membership.learner_id == learner_id))
    session.execute(delete(PublicPage).where(PublicPage.learner_id == learner_id))
    session.execute(delete(EvidenceClaim).where(EvidenceClaim.learner_id == learner_id))
    session.execute(delete(StagedSheet).where(StagedSheet.learner_id == learner_id))
    session.execute(delete(StoredStanding).where(StoredStanding.learner_id == learner_id))
    part_account(session, learner_id)
    remove_code(session, learner_id)
    forget_news(session, learner_id)
    end_calendar(session, learner_id)
    session.execute(
        update(Evidence)
        .where(Evidence.learner_id == learner_id)
        .values(text="", url=None, decision_note="")
    )
    _erase_case(session, learner_id)
    erase_outside(session, learner_id)
    session.execute(
        update(Delivery)
        .where(Delivery.learner_id == learner_id, Delivery.state == DeliveryState.PENDING)
        .values(state=DeliveryState.FAILED, last_answer=ERASED, settled_at=now)
    )
    session.flush()


def _erase_case(session: Session, learner_id: int) -> None:
    """Empty what was written for and about a person; what was decided stays, without its words."""
    mine = select(GrantedException.id).where(GrantedException.learner_id == learner_id)
    session.execute(
        update(ExceptionEnd).where(ExceptionEnd.exception_id.in_(mine)).values(reason="")
    )
    session.execute(
        update(GrantedException)
        .where(GrantedException.learner_id == learner_id)
        .values(reason="", document_url="")
    )
    of_learner = update(Request).where(Request.learner_id == learner_id)
    session.execute(of_learner.values(text="", url="", answer=""))
    session.execute(
        of_learner.where(Request.state == RequestState.OPEN).values(state=RequestState.CLOSED)
    )


def _plain(row: Base, names: dict[int, str]) -> dict[str, Any]:
    found = {
        column.name: getattr(row, column.key)
        for column in type(row).__table__.columns
        if column.name not in INTERNAL and not column.name.endswith("_hash")
    }
    if "achievement_id" in found:
        found["achievement"] = names.get(found.pop("achievement_id"))
    kept = {name: value for name, value in found.items() if not name.endswith("_id")}
    return _values(kept)


def _values(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):  # text, or a picture
        return value.decode() if value.isascii() else b64encode(value).decode("ascii")
    return str(value) if isinstance(value, UUID | Decimal) else value
