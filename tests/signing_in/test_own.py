"""What learners see without a course: their own alone, read only, in a session of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.learner_sessions import LearnerSession
from lti_tool.persistence.sign_in_attempts import SignInAttempt
from lti_tool.persistence.sign_in_ways import SignInWay
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.remove_administrator import remove_administrator
from lti_tool.services.switch_institution import switch_institution
from lti_tool.web.admin.access import COOKIE as ADMIN_COOKIE
from lti_tool.web.own_session import COOKIE
from tests.signing_in.conftest import HOME, Browser, SigningWorld
from tests.signing_in.test_mail import ADDRESS, WAYS, confirm, signed_in
from tests.web.admins import last_event


def routes(world: SigningWorld) -> Iterator[tuple[str, str]]:
    """Yield (method, address) of every page below /own."""
    adapter = world.named.url_map.bind("localhost:8000")
    for rule in world.named.url_map.iter_rules():
        if rule.rule == "/own" or rule.rule.startswith("/own/"):
            values = {name: uuid4() for name in rule.arguments}
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                path = rule.rule
                for name, value in values.items():
                    path = path.replace(f"<uuid:{name}>", str(value))
                assert adapter.match(path, method=method)[0] == rule.endpoint
                yield method, path


@pytest.fixture
def known(sqlite_world: SigningWorld) -> SigningWorld:
    """A world whose learner has confirmed an address."""
    confirm(sqlite_world, sqlite_world.keep())
    return sqlite_world


def test_without_a_session_every_page_of_ones_own_asks_to_sign_in(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world
    found = list(routes(world))
    assert len(found) > 20
    for method, path in found:
        for cookie in (world.learner.cookie, f"{COOKIE}={world.learner.token}"):
            client = world.named.test_client(use_cookies=False)
            headers = {"Cookie": cookie, "Origin": HOME}
            answer = client.open(path, method=method, headers=headers, base_url=HOME)
            assert answer.status_code == 401, (method, path)
            assert "Sign in again" in answer.text
            assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")


def test_a_form_without_its_token_or_of_another_site_is_refused(known: SigningWorld) -> None:
    browser = signed_in(known)
    token = re.search(r'csrf_token" value="(\w+)"', browser.get(WAYS).text)
    assert token
    for method, path in routes(known):
        if method == "POST":
            assert browser.post(path).status_code == 403, path
            form = {"csrf_token": token[1]}
            assert browser.post(path, form, Origin="https://evil.example").status_code == 403, path
    assert browser.get("/own").status_code == 200


def test_the_session_opens_no_course_and_no_page_of_administrators(known: SigningWorld) -> None:
    browser = signed_in(known)
    assert browser.get(f"{known.learner.course}/progress").status_code == 401
    assert browser.get(f"{known.learner.course}/credentials").status_code == 401
    assert browser.get("/admin/platforms").status_code == 401
    token = browser.cookie(COOKIE)
    stolen = known.named.test_client(use_cookies=False)
    for name in (ADMIN_COOKIE, f"__Host-quoin-{known.learner.context_uuid.hex[:12]}"):
        for path in ("/admin/platforms", f"{known.learner.course}/progress"):
            answer = stolen.get(path, headers={"Cookie": f"{name}={token}"}, base_url=HOME)
            assert answer.status_code == 401


def test_pages_of_ones_own_are_in_no_frame_and_lead_to_no_course(known: SigningWorld) -> None:
    browser = signed_in(known)
    for path in ("/own", "/own/credentials", "/own/ways", "/own/wallets"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
        assert answer.headers["Cache-Control"] == "no-store"
        assert "/courses/" not in answer.text, path


def test_what_belongs_to_others_is_not_there(known: SigningWorld) -> None:
    browser = signed_in(known)
    for method, path in routes(known):
        if method == "GET" and path.count("-") > 3:
            assert browser.get(path).status_code == 404, path


def test_a_session_is_new_at_every_sign_in_and_the_old_one_is_void(known: SigningWorld) -> None:
    browser = signed_in(known)
    first = browser.cookie(COOKIE)
    asked = browser.post("/sign-in/harbour/student/mail", {"address": ADDRESS})
    known.mail()
    attempt = re.search(r'name="attempt" value="([^"]+)"', asked.text)
    assert attempt
    form = {"attempt": attempt[1], "code": known.mailed_code()}
    assert browser.post("/sign-in/harbour/student/mail/code", form).status_code == 303
    assert browser.cookie(COOKIE) != first
    browser.client.set_cookie(COOKIE, first, domain="localhost", secure=True)
    assert browser.get("/own").status_code == 401


def test_a_session_ends_unused_after_half_an_hour_and_for_good_after_twelve(
    known: SigningWorld,
) -> None:
    browser, used = signed_in(known), signed_in(known)
    for _ in range(29):
        known.now += timedelta(minutes=24, seconds=49)
        assert used.get("/own").status_code == 200
    assert browser.get("/own").status_code == 401
    known.now += timedelta(minutes=1)
    assert used.get("/own").status_code == 401


def test_ways_are_changed_soon_after_signing_in_and_not_later(known: SigningWorld) -> None:
    browser = signed_in(known)
    known.now += timedelta(minutes=29)
    assert browser.get("/own").status_code == 200
    known.now += timedelta(minutes=2)
    answer = browser.press(WAYS, f"{WAYS}/mail", {"address": "new@example.org"})
    assert answer.status_code == 403
    assert "sign in again" in answer.text
    way = re.search(rf"{WAYS}/([0-9a-f-]+)/removal", browser.get(WAYS).text)
    assert way
    assert browser.press(WAYS, f"{WAYS}/{way[1]}/removal").status_code == 403


def test_a_way_is_removed_by_its_person_alone_and_opens_nothing_then(known: SigningWorld) -> None:
    browser, ben = signed_in(known), known.keep(known.come_as("ben"))
    way = re.search(rf"{WAYS}/([0-9a-f-]+)/removal", browser.get(WAYS).text)
    assert way
    assert ben.press(WAYS, f"{WAYS}/{way[1]}/removal").status_code == 404
    assert browser.press(WAYS, f"{WAYS}/{way[1]}/removal").status_code == 303
    Browser(known).post("/sign-in/harbour/student/mail", {"address": ADDRESS})
    assert known.mail() == 0
    assert last_event(known.database)[1] == "sign-in-way-removed"


def test_signing_out_ends_one_session_and_everywhere_ends_all(known: SigningWorld) -> None:
    one, two, three = signed_in(known), signed_in(known), signed_in(known)
    assert one.press(WAYS, "/own/sign-out").location == "/sign-in/harbour"
    assert [b.get("/own").status_code for b in (one, two, three)] == [401, 200, 200]
    assert two.press(WAYS, f"{WAYS}/sessions/end").location == "/sign-in/harbour"
    assert [b.get("/own").status_code for b in (two, three)] == [401, 401]
    assert signed_in(known).get("/own").status_code == 200


def test_a_link_out_of_a_course_is_good_once_soon_and_at_its_institution(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world

    def code() -> str:
        found = re.search(r'/keep#([^"]+)"', world.learner.post("access").text)
        assert found
        return found[1]

    def use(given: str, key: str = "harbour", **headers: str) -> int:
        return Browser(world).post(f"/sign-in/{key}/keep", {"code": given}, **headers).status_code

    first = code()
    assert use(first, Origin="https://evil.example") == 403
    assert use(first) == 303
    assert use(first) == 422
    older, newer = code(), code()
    assert (use(older), use(newer)) == (422, 303)
    elsewhere = code()
    assert use(elsewhere, "hill") == 422
    late = code()
    world.now += timedelta(minutes=10)
    assert use(late) == 422
    assert use("") == 422


def test_a_preview_makes_no_link(sqlite_world: SigningWorld) -> None:
    preview = sqlite_world.come_as("zoe", purpose="preview", token="preview")
    assert preview.post("access").status_code == 403


def test_while_the_institution_is_suspended_nobody_signs_in_or_is_signed_in(
    known: SigningWorld,
) -> None:
    browser = signed_in(known)
    switch_institution(known.database, "harbour", is_suspended=True, actor="test", now=known.now)
    assert browser.get("/own").status_code == 401
    assert Browser(known).get("/sign-in/harbour").status_code == 404


def test_an_institution_that_is_not_there_is_not_found(sqlite_world: SigningWorld) -> None:
    for path in ("", "/staff", "/keep", "/student/provider", "/return"):
        assert Browser(sqlite_world).get(f"/sign-in/nowhere{path}").status_code == 404


def test_whoever_is_erased_is_signed_out_and_has_no_way_any_more(world: SigningWorld) -> None:
    confirm(world, world.keep())
    browser = signed_in(world)
    Browser(world).post("/sign-in/harbour/student/mail", {"address": ADDRESS})
    forget_learner(
        world.database,
        institution_id=world.institution(),
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now,
    )
    assert browser.get("/own").status_code == 401
    with world.database.reading() as session:
        for table in (SignInWay, SignInAttempt, LearnerSession):
            rows = session.scalars(select(table)).all()
            assert [row for row in rows if row.learner_id is not None] == []


def test_an_export_says_how_somebody_signs_in_and_tells_no_secret(known: SigningWorld) -> None:
    signed_in(known)
    found = export_learner(
        known.database,
        institution_id=known.institution(),
        learner_id=known.learner.learner_id,
        actor="test",
        now=known.now,
    )
    (way,) = found["sign_in_ways"]
    assert (way["kind"], way["address"]) == ("mail", ADDRESS)
    assert len(found["learner_sessions"]) == 2
    for row in found["sign_in_attempts"] + found["learner_sessions"] + [way]:
        assert not {"nonce", "verifier", "lookup", "token_hash", "key_hash"} & row.keys()


def test_staff_who_are_removed_are_out_at_once_with_every_way(known: SigningWorld) -> None:
    browser = known.staff()
    asked = browser.press("/admin/ways", "/admin/ways/mail", {"address": "in@example.org"})
    known.mail()
    attempt = re.search(r'name="attempt" value="([^"]+)"', asked.text)
    assert attempt
    form = {"attempt": attempt[1], "code": known.mailed_code()}
    assert browser.press("/admin/ways", "/admin/ways/mail/code", form).status_code == 303
    again = Browser(known)
    begun = again.post("/sign-in/harbour/staff/mail", {"address": "in@example.org"})
    known.mail()
    attempt = re.search(r'name="attempt" value="([^"]+)"', begun.text)
    assert attempt
    with known.database.reading() as session:
        uuid = session.scalars(
            select(AuditEvent.subject).where(AuditEvent.action == "administrator-signed-in")
        ).one()
    remove_administrator(known.database, UUID(uuid), actor="test", now=known.now)
    assert browser.get("/admin/platforms").status_code == 401
    form = {"attempt": attempt[1], "code": known.mailed_code()}
    assert again.post("/sign-in/harbour/staff/mail/code", form).status_code == 422


def test_staff_are_signed_out_after_half_an_hour_and_everywhere_when_they_say_so(
    sqlite_world: SigningWorld,
) -> None:
    world = sqlite_world
    one = world.staff()
    two = world.staff()
    assert one.press("/admin/ways", "/admin/ways/sessions/end").location == "/admin/sign-in"
    assert [b.get("/admin/platforms").status_code for b in (one, two)] == [401, 401]
    three = world.staff()
    world.now += timedelta(minutes=30)
    assert three.get("/admin/platforms").status_code == 401


def test_the_wallet_is_the_same_as_in_the_course(sqlite_world: SigningWorld) -> None:
    world = sqlite_world
    world.complete(world.learner.learner_id)
    world.work()
    browser = world.keep()
    page = browser.get("/own/credentials")
    assert "Data basics" in page.text
    link = re.search(r'href="(/own/credentials/[0-9a-f-]+\?form=json)"', page.text)
    assert link, page.text
    assert json.loads(browser.get(link[1]).text)["type"][0] == "VerifiableCredential"
    share = re.search(r'href="(/own/credentials/[0-9a-f-]+/page)"', page.text)
    assert share
    answer = browser.press(share[1], share[1], {"shows_name": "1"})
    assert answer.location.startswith("/own/credentials?notice=page-published")
    for path in ("all.zip", "clr.json", "transcript.pdf"):
        assert browser.get(f"/own/credentials/{path}").status_code == 200, path
    assert "Your other accounts" not in page.text
