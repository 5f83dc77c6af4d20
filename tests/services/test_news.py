"""News: written with their fact, and mailed, through a real mail server, to whoever wants them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from lti_tool.errors import ConfigurationError, InvalidInputError, NotFoundError
from lti_tool.mailing import Mailer, build_mail, is_address
from lti_tool.persistence.base import Database
from lti_tool.persistence.learners import get_learner
from lti_tool.persistence.news import find_settings, list_unseen
from lti_tool.persistence.personal_data import erase_person, read_person
from lti_tool.services.change_news_settings import change_news_settings
from lti_tool.services.confirm_news_address import confirm_news_address
from lti_tool.services.mark_news_seen import mark_news_seen
from lti_tool.services.send_news_mails import send_news_mails
from lti_tool.services.stop_news_mail import stop_news_mail
from tests.services.test_deadlines import Person

SECRET, URL = b"k" * 32, "https://quoin.example.edu"
ADDRESS = "amara@example.edu"


class Post:
    """A mail server on this machine that keeps what it gets; ``refuses`` makes it take nothing."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[Any] = []
        self.refuses = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one mail."""
        if self.refuses:
            return "451 Later, please"
        self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return "250 OK"

    def text(self, index: int = -1) -> str:
        """The text of a mail."""
        return str(self.mails[index].get_content())


@pytest.fixture
def post() -> Iterator[Post]:
    """The mail server, running."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler = Post(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def person(database: Database, now: datetime) -> Person:
    """A learner without anything, on each engine in turn."""
    return Person(database, now)


class Reader:
    """The learner as one who chooses and gets mails."""

    def __init__(self, person: Person, post: Post) -> None:
        self.person, self.post, self.database = person, post, person.database
        self.mailer = Mailer("127.0.0.1", post.port, "quoin@example.edu", is_tls=False)

    def want(self, *kinds: str, address: str = ADDRESS, later: timedelta = timedelta()) -> None:
        """Ask for these kinds by mail."""
        change_news_settings(
            self.database,
            institution_id=self.person.institution,
            learner_id=self.person.learner,
            shown=("award", "evidence", "review", "expiry"),
            mailed=kinds,
            address=address,
            can_mail=True,
            now=self.person.now + later,
        )

    def send(self, later: timedelta = timedelta()) -> int:
        """Let the worker send what is due."""
        return send_news_mails(
            self.database, self.mailer, SECRET, public_url=URL, now=self.person.now + later
        )

    def confirm(self, code: str, later: timedelta = timedelta()) -> None:
        """Enter a code."""
        confirm_news_address(
            self.database,
            institution_id=self.person.institution,
            learner_id=self.person.learner,
            code=code,
            secret_key=SECRET,
            now=self.person.now + later,
        )

    def subscribe(self, *kinds: str) -> None:
        """Want these kinds and confirm the address by the code that came."""
        self.want(*kinds)
        assert self.send() == 1
        self.confirm(_code(self.post.text()))


def _code(text: str) -> str:
    found = re.search(r"^ +(\d{6})\r?$", text, re.MULTILINE)
    assert found
    return found[1]


@pytest.fixture
def reader(sqlite_database: Database, now: datetime, post: Post) -> Reader:
    """The learner and the mail server."""
    return Reader(Person(sqlite_database, now), post)


def _unseen(person: Person) -> Sequence[tuple[str, str, str]]:
    with person.database.reading() as session:
        return [(n.kind, n.state, n.subject) for n in list_unseen(session, person.learner)]


def test_an_award_is_news_once_until_it_is_read(person: Person) -> None:
    person.complete("aid", person.now.date())
    assert ("award", "made", "Safety card") in _unseen(person)
    before = len(_unseen(person))
    person.complete("aid", person.now.date() - timedelta(days=1))
    assert len(_unseen(person)) == before
    early = person.now - timedelta(seconds=1)
    mark_news_seen(person.database, learner_id=person.learner, up_to=early, now=person.now)
    assert len(_unseen(person)) == before
    mark_news_seen(person.database, learner_id=person.learner, up_to=person.now, now=person.now)
    assert _unseen(person) == []


def test_an_address_gets_a_code_and_after_it_one_digest_a_day(person: Person, post: Post) -> None:
    reader = Reader(person, post)
    person.complete("aid", person.now.date() - timedelta(days=170))
    reader.want("award", "expiry")
    assert reader.send() == 1
    assert reader.send() == 0
    assert "Safety card" not in post.text()
    reader.confirm(_code(post.text()))
    assert reader.send() == 1
    digest = post.mails[-1]
    assert digest["To"] == ADDRESS
    assert "You earned Safety card." in digest.get_content()
    assert "Safety card ends soon: it is valid until" in digest.get_content()
    assert digest["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    person.complete("refresher", person.now.date())
    assert reader.send(timedelta(hours=23)) == 0
    assert reader.send(timedelta(hours=25)) == 1
    assert "You earned Banked." in post.text()
    assert "You renewed Safety card." in post.text()
    assert "ends soon" not in post.text()


def test_kinds_that_are_not_wanted_and_what_is_read_are_not_mailed(reader: Reader) -> None:
    reader.subscribe("evidence")
    reader.person.complete("aid", reader.person.now.date())
    assert reader.send() == 0
    reader.want("award")
    now = reader.person.now
    mark_news_seen(reader.database, learner_id=reader.person.learner, up_to=now, now=now)
    assert reader.send(timedelta(days=2)) == 0
    assert len(reader.post.mails) == 1


def test_another_code_confirms_nothing(reader: Reader) -> None:
    reader.want("award")
    reader.send()
    right = _code(reader.post.text())
    for code in ("", f"{right}0", "abcdef", "\u0660" * 6):
        with pytest.raises(InvalidInputError):
            reader.confirm(code)
    with reader.database.reading() as session:
        kept = find_settings(session, reader.person.learner)
        assert kept is not None
        assert kept.confirmed_at is None
        assert kept.code_tries == 4


def test_a_code_is_good_for_half_an_hour_and_five_tries(reader: Reader) -> None:
    reader.want("award")
    reader.send()
    code = _code(reader.post.text())
    with pytest.raises(InvalidInputError):
        reader.confirm(code, timedelta(minutes=30))
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(4):
        with pytest.raises(InvalidInputError):
            reader.confirm(wrong)
    with pytest.raises(InvalidInputError):
        reader.confirm(code)


def test_nobody_is_mailed_to_again_and_again(reader: Reader) -> None:
    reader.want("award")
    with pytest.raises(InvalidInputError, match="on its way already"):
        reader.want("award", address="other@example.edu", later=timedelta(seconds=30))
    reader.want("award", address="other@example.edu", later=timedelta(minutes=3))
    reader.send(timedelta(minutes=3))
    assert [mail["To"] for mail in reader.post.mails] == ["other@example.edu"]


def test_what_the_server_does_not_take_is_tried_later(reader: Reader) -> None:
    reader.subscribe("award")
    reader.person.complete("aid", reader.person.now.date())
    reader.post.refuses = True
    assert reader.send() == 0
    reader.post.refuses = False
    assert reader.send(timedelta(minutes=5)) == 0
    assert reader.send(timedelta(minutes=11)) == 1


def test_a_server_that_is_away_stops_nothing(reader: Reader) -> None:
    reader.want("award")
    reader.mailer = Mailer("127.0.0.1", 1, "quoin@example.edu", is_tls=False)
    assert reader.send() == 0


def test_the_link_in_the_mail_ends_the_mails_and_no_other_does(reader: Reader) -> None:
    person = reader.person
    reader.subscribe("award")
    person.complete("aid", person.now.date())
    reader.send()
    token = reader.post.mails[-1]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    with person.database.reading() as session:
        uuid = get_learner(session, person.learner).uuid
    for wrong in ("", "0" * 64, token.upper()):
        with pytest.raises(NotFoundError):
            stop_news_mail(
                person.database, learner_uuid=uuid, token=wrong, secret_key=SECRET, now=person.now
            )
    for _ in range(2):
        stop_news_mail(
            person.database, learner_uuid=uuid, token=token, secret_key=SECRET, now=person.now
        )
    person.complete("refresher", person.now.date())
    assert reader.send(timedelta(days=2)) == 0


def test_without_a_mail_server_no_address_is_taken(person: Person) -> None:
    with pytest.raises(InvalidInputError, match="sends no mails"):
        change_news_settings(
            person.database,
            institution_id=person.institution,
            learner_id=person.learner,
            shown=(),
            mailed=("award",),
            address=ADDRESS,
            can_mail=False,
            now=person.now,
        )
    assert send_news_mails(person.database, None, SECRET, public_url=URL, now=person.now) == 0


def test_news_and_address_are_exported_and_erased(reader: Reader) -> None:
    reader.subscribe("award")
    person = reader.person
    person.complete("aid", person.now.date())
    with person.database.writing() as session:
        kept = read_person(session, person.learner)
        assert kept["news_settings"][0]["address"] == ADDRESS
        assert "code_salt" not in kept["news_settings"][0]
        assert "Safety card" in {news["subject"] for news in kept["news"]}
        erase_person(session, person.learner, person.now)
        gone = read_person(session, person.learner)
        assert gone["news"] == gone["news_settings"] == []


@pytest.mark.parametrize(
    "text",
    ["", "amara", "a@b", "a b@example.edu", "a@example.edu\nBcc: x@y.z", "a@example.edu, b@c.de"],
)
def test_what_is_no_single_address_is_none(text: str) -> None:
    assert not is_address(text)


def test_a_subject_cannot_add_a_header() -> None:
    mailer = Mailer("localhost", 25, "quoin@example.edu", is_tls=False)
    at = datetime.fromisoformat("2026-06-30T12:00:00+00:00")
    mail = build_mail(mailer, ADDRESS, "New\r\nBcc: x@y.z", "text", at=at)
    assert isinstance(mail, EmailMessage)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "New Bcc: x@y.z"


def test_the_setting_names_server_and_sender() -> None:
    found = Mailer.read("smtps://me:p%40ss@mail.example.edu?from=quoin@example.edu")
    assert found is not None
    assert (found.host, found.port, found.is_tls, found.password) == (
        "mail.example.edu",
        465,
        True,
        "p@ss",
    )
    assert "p@ss" not in repr(found)
    assert Mailer.read("") is None
    for wrong in (
        "mail.example.edu",
        "smtp://host",
        "http://h?from=a@b.de",
        "smtp://h:x?from=a@b.de",
    ):
        with pytest.raises(ConfigurationError):
            Mailer.read(wrong)
