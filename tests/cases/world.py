"""Learners who ask, registrars who decide, and what the database has of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from lti_tool.excepting import NewException
from lti_tool.persistence.exceptions import GrantedException
from lti_tool.persistence.requests import Request
from lti_tool.services.ask_registrar import ask_registrar
from lti_tool.services.grant_exception import Granted, grant_exception
from tests.credentials.issuing import IssuingWorld

REASON = "She passed statistics at Hill."


class CasesWorld(IssuingWorld):
    """Two institutions; Amara of the first has completed what a test says."""

    @property
    def institution(self) -> int:
        """The first institution."""
        return self._institutions["harbour"]

    def ask(self, address: str = "/charts", **other: Any) -> UUID:
        """Let Amara ask; return the uuid of the request."""
        form_id = str(uuid4())
        values = {"stack_key": "data-basics", "text": "I did this elsewhere.", "url": ""} | other
        ask_registrar(
            self.database,
            institution_id=self.institution,
            context_id=self.context_of("harbour"),
            learner_id=self.learner.learner_id,
            address=address,
            form_id=form_id,
            now=self.now,
            **values,
        )
        return UUID(form_id)

    def grant(
        self, entry: NewException | None = None, *, form_id: str = "", **other: Any
    ) -> Granted:
        """Grant Amara an exception; a waiver of the charts by default."""
        values: dict[str, Any] = {
            "institution_id": self.institution,
            "learner_uuid": self.learner.learner_uuid,
            "form_id": form_id or str(uuid4()),
            "actor": "admin:test",
            "now": self.now,
        }
        return grant_exception(self.database, entry or waiver(), **(values | other))

    def exceptions(self) -> list[GrantedException]:
        """Every exception as it is stored."""
        with self.database.reading() as session:
            return list(session.scalars(select(GrantedException).order_by(GrantedException.id)))

    def requests(self) -> list[Request]:
        """Every request as it is stored."""
        with self.database.reading() as session:
            return list(session.scalars(select(Request).order_by(Request.id)))


def waiver(**other: Any) -> NewException:
    """A waiver of the charts, in all that ``other`` does not say."""
    values: dict[str, Any] = {
        "stack_key": "data-basics",
        "kind": "waive",
        "address": "/charts",
        "reason_code": "equivalent",
        "reason": REASON,
    }
    return NewException(**(values | other))
