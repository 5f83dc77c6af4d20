"""How people sign in outside a platform: their ways, and the provider of an institution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    delete,
    false,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_tool.errors import NotFoundError
from lti_tool.persistence.base import Base, UTCDateTime, insert_missing


class Kind(StrEnum):
    """What a way rests on."""

    PROVIDER = "provider"
    PASSKEY = "passkey"
    MAIL = "mail"


class Audience(StrEnum):
    """Who signs in: somebody with awards, or somebody with pages below /admin."""

    LEARNER = "learner"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose way it is: a learner or an administrator, by internal id.

    ``institution_id`` is None for administrators of the whole tool.
    """

    institution_id: int | None
    learner_id: int | None = None
    administrator_id: int | None = None

    @property
    def audience(self) -> Audience:
        """Return on which side they sign in."""
        return Audience.LEARNER if self.administrator_id is None else Audience.STAFF


class SignInProvider(Base):
    """The OpenID Connect provider of an institution, as an operator entered it.

    ``sealed_secret`` is encrypted with the secret of the configuration; None for a client that
    has none. With ``allows_loopback`` it stands on this machine and may speak http.
    """

    __tablename__ = "sign_in_providers"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institutions.id"), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(String(255))
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    allows_loopback: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignInWay(Base):
    """One way in which one person signs in: an account at the provider, a passkey, an address.

    ``lookup`` is a hash of what identifies it, unique over everybody whom it could be mistaken
    for (``signing_in.lookups``). ``issuer`` and ``subject`` are of a provider, ``address`` of a
    mail; a passkey has an id, a public key, and a count of its signatures.
    """

    __tablename__ = "sign_in_ways"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institutions.id"))
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("learners.id"), index=True)
    administrator_id: Mapped[int | None] = mapped_column(
        ForeignKey("administrators.id"), index=True
    )
    kind: Mapped[str] = mapped_column(String(10))
    lookup: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(Text)
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def person(self) -> Person:
        """Return whose it is."""
        return Person(self.institution_id, self.learner_id, self.administrator_id)


def find_provider(session: Session, institution_id: int) -> SignInProvider | None:
    """Return the provider of an institution, if it has one."""
    query = select(SignInProvider).where(SignInProvider.institution_id == institution_id)
    return session.scalar(query)


def list_sealed_providers(session: Session) -> list[SignInProvider]:
    """Return the providers of all institutions that have a sealed secret."""
    query = select(SignInProvider).where(SignInProvider.sealed_secret.is_not(None))
    return list(session.scalars(query.order_by(SignInProvider.id)))


def save_provider(session: Session, provider: SignInProvider) -> None:
    """Let this be the provider of its institution, instead of the one before."""
    remove_provider(session, provider.institution_id)
    session.add(provider)
    session.flush()


def remove_provider(session: Session, institution_id: int) -> bool:
    """Take the provider of an institution away; False when it had none."""
    gone = session.scalar(
        delete(SignInProvider)
        .where(SignInProvider.institution_id == institution_id)
        .returning(SignInProvider.id)
    )
    return gone is not None


def list_ways(session: Session, person: Person) -> list[SignInWay]:
    """Return the ways of one person, the oldest first."""
    return list(session.scalars(select(SignInWay).where(_of(person)).order_by(SignInWay.id)))


def find_way(session: Session, lookup: str) -> SignInWay | None:
    """Return the way with this lookup, locked while the transaction lasts."""
    return session.scalar(select(SignInWay).where(SignInWay.lookup == lookup).with_for_update())


def add_way(session: Session, person: Person, now: datetime, **columns: object) -> bool:
    """Store a way of a person; False when somebody has it already."""
    row = {
        "uuid": uuid4(),
        "institution_id": person.institution_id,
        "learner_id": person.learner_id,
        "administrator_id": person.administrator_id,
        "sign_count": 0,
        "created_at": now,
        **columns,
    }
    made = insert_missing(session, SignInWay, [row], unique=("lookup",), returning=(SignInWay.id,))
    return bool(made)


def remove_way(session: Session, person: Person, uuid: UUID) -> SignInWay:
    """Take a way of this person away; ``NotFoundError`` for anybody else's."""
    found = session.scalar(select(SignInWay).where(_of(person), SignInWay.uuid == uuid))
    if found is None:
        raise NotFoundError("You have no such way to sign in (any more).")
    session.delete(found)
    session.flush()
    return found


def forget_ways(session: Session, person: Person) -> None:
    """Take all ways of a person away."""
    session.execute(delete(SignInWay).where(_of(person)))


def _of(person: Person) -> ColumnElement[bool]:
    if person.administrator_id is not None:
        return SignInWay.administrator_id == person.administrator_id
    return SignInWay.learner_id == person.learner_id if person.learner_id else false()
