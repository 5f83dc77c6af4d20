"""The steps of a check, in their order. What is not covered by a signature is never told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_tool.credentials.recognition import data_integrity, open_badges_2, vc_jwt
from lti_tool.credentials.recognition.compact_jws import JWS, read_jws
from lti_tool.credentials.recognition.documents import Documents, Fetch
from lti_tool.credentials.recognition.endorsements import fitting_endorsements
from lti_tool.credentials.recognition.linked_data import check_contexts
from lti_tool.credentials.recognition.outcomes import (
    FindingError,
    Outcome,
    Told,
    Verdict,
    gravest,
    invalid,
    uncheckable,
)
from lti_tool.credentials.recognition.policy import Policy, judged
from lti_tool.credentials.recognition.presented import Presented, check_texts, read, read_object
from lti_tool.credentials.recognition.results import check_results
from lti_tool.credentials.recognition.shape import (
    check_dates,
    check_fields,
    dates_of,
    kind_of,
)
from lti_tool.credentials.recognition.status import check_status
from lti_tool.credentials.recognition.telling import told
from lti_tool.credentials.recognition.transcripts import check_members, check_nesting, members_of
from lti_tool.credentials.recognition.values import listed, name_of

STATUS_LIST = "BitstringStatusListCredential"
LEEWAY = timedelta(minutes=5)
"""How far ahead the clock of who signs a status list may be."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A credential whose signature is good, whatever else may be said of it."""

    document: dict[str, Any]
    kind: str
    form: str


def check(raw: bytes, *, fetch: Fetch, now: datetime, policy: Policy | None = None) -> Verdict:
    """Return the verdict about a credential as somebody handed it in.

    ``fetch`` brings the document at an address and says nothing of why it could not. ``now`` is
    the moment for which is asked. Every error of the credential is a verdict, never an exception.
    """
    measure = policy or Policy()
    documents = Documents(fetch, home=measure.home)
    form = ""
    try:
        presented = read(raw)
        form = presented.form
        if presented.url:
            presented = open_badges_2.fetched(presented, documents)
        if open_badges_2.is_meant(presented):
            return open_badges_2.check(presented, documents, measure, now=now)
        return _Check(documents, measure, now).run(presented)
    except FindingError as refused:
        return Verdict(refused.outcome, (refused.reason,), form)


class _Check:
    """One check: the documents it may ask for, what it measures by, and the moment."""

    def __init__(self, documents: Documents, policy: Policy, now: datetime) -> None:
        self._documents, self._policy, self._now = documents, policy, now

    def run(self, presented: Presented, depth: int = 1) -> Verdict:
        """Check signature, then what may have changed since, then whose it is."""
        signed = self._signed(presented)
        document, kind = signed.document, signed.kind
        members = self._members(document, depth) if kind == "ClrCredential" else ()
        found = check_status(document, self._documents, self._open_list)
        past = check_dates(document, now=self._now)
        found += [past] if past else []
        said = told(document, kind, self._endorsed_by(document))
        if any(refused.outcome == Outcome.INVALID for refused in found):
            return _verdict(found, signed.form, None, ())
        return _verdict(found or [self._judged(said, document)], signed.form, said, members)

    def _signed(self, presented: Presented) -> Signed:
        if presented.jws:
            return self._signed_jwt(presented.form, read_jws(presented.jws))
        document = presented.document
        if document is None:
            raise invalid("not-a-credential")
        kind = self._shaped(document)
        data_integrity.check_proofs(document, self._documents, now=self._now)
        return Signed(document, kind, f"{presented.form} {_proof_name(document)}")

    def _signed_jwt(self, form: str, jws: JWS) -> Signed:
        document = vc_jwt.document_of(jws)
        kind = self._shaped(document)
        vc_jwt.check_claims(jws, document)
        issuer = name_of(document["issuer"])
        vc_jwt.check_signature(jws, issuer, self._documents, now=self._now)
        return Signed(document, kind, f"{form} {jws.header['alg']}")

    def _shaped(self, document: dict[str, Any]) -> str:
        """Refuse whatever is wrong before anything is fetched or computed."""
        check_texts(document)
        kind = kind_of(document)
        check_contexts(document, kind)
        check_fields(document, kind)
        check_dates(document, now=self._now)
        if kind == "ClrCredential":
            check_nesting(document)
            members_of(document, 1)
        elif kind == "AchievementCredential":
            check_results(document["credentialSubject"])
        return kind

    def _members(self, document: dict[str, Any], depth: int) -> tuple[Verdict, ...]:
        verdicts, documents = [], []
        for member in members_of(document, depth):
            presented = _presented(member)
            try:
                verdicts.append(self.run(presented, depth + 1))
            except FindingError as refused:
                verdicts.append(Verdict(refused.outcome, (refused.reason,), presented.form))
            if verdicts[-1].outcome == Outcome.INVALID:
                raise invalid("member-invalid")
            documents.append(_document(presented))
        check_members(document, documents)
        return tuple(verdicts)

    def _open_list(self, content: bytes, url: str, issuer: str) -> dict[str, Any]:
        """Return what a status list says, when the issuer signed it and it is of today."""
        try:
            text = content.strip()
            presented = (
                Presented("JSON", document=read_object(text))
                if text.startswith(b"{")
                else Presented("JWT", jws=text.decode("ascii"))
            )
            document = _document(presented)
            if name_of(document.get("issuer")) != issuer:
                raise invalid("status-of-another")
            # A list may be signed while the check runs, by a clock that is a little ahead.
            later = _Check(self._documents, self._policy, self._now + LEEWAY)
            signed = later._signed(presented)
        except FindingError as refused:
            keep = refused.code == "status-of-another" or refused.outcome != Outcome.INVALID
            raise refused if keep else invalid("status-wrong") from None
        except UnicodeDecodeError:
            raise invalid("status-wrong") from None
        return self._subject_of_list(signed, url)

    def _subject_of_list(self, signed: Signed, url: str) -> dict[str, Any]:
        if signed.kind != STATUS_LIST or signed.document.get("id", url) != url:
            raise invalid("status-wrong")
        _, end = dates_of(signed.document)
        if end is not None and end <= self._now:
            raise uncheckable("status-outdated")
        return dict(signed.document["credentialSubject"])

    def _endorsed_by(self, document: dict[str, Any]) -> tuple[str, ...]:
        names = []
        for one in fitting_endorsements(document):
            try:
                verdict = self.run(Presented("JSON", document=one))
            except FindingError:
                continue
            if verdict.outcome in (Outcome.VALID, Outcome.UNKNOWN_ISSUER):
                names.append(name_of(one["issuer"]))
        return tuple(names)

    def _judged(self, said: Told, document: dict[str, Any]) -> FindingError:
        return judged(self._policy, said, document["credentialSubject"], dates_of(document)[0])


def _verdict(
    found: list[FindingError], form: str, said: Told | None, members: tuple[Verdict, ...] = ()
) -> Verdict:
    reasons = tuple(dict.fromkeys(refused.reason for refused in found))
    return Verdict(gravest(found).outcome, reasons, form, said, members)


def _presented(member: Any) -> Presented:
    """Return a member of a transcript as if it had been handed in."""
    if isinstance(member, str):
        return Presented("JWT", jws=member)
    return Presented("JSON", document=member if isinstance(member, dict) else None)


def _document(presented: Presented) -> dict[str, Any]:
    if presented.jws:
        return vc_jwt.document_of(read_jws(presented.jws))
    return presented.document or {}


def _proof_name(document: dict[str, Any]) -> str:
    proof = listed(document["proof"])[0]
    return str(proof.get("cryptosuite", proof["type"]))
