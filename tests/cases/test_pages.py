"""The pages of requests and cases, for everybody who is meant and everybody who is not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.services.decline_request import decline_request
from lti_tool.services.end_exception import end_exception
from tests.cases.world import REASON, CasesWorld
from tests.web.admins import Admin, sign_in
from tests.web.world import ORIGIN

FORM = {
    "stack": "data-basics",
    "address": "/charts",
    "kind": "waive",
    "reason_code": "equivalent",
    "reason": REASON,
}


def registrar(world: CasesWorld, institution: str = "harbour", name: str = "Rita") -> Admin:
    return sign_in(world, institution, name, roles=("registrar",))


def learner_path(world: CasesWorld, rest: str = "") -> str:
    return f"learners/{world.learner.learner_uuid}{rest}"


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def test_a_learner_asks_once_and_reads_the_answer(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    progress = world.learner.get("progress").text
    assert "requests/new?stack=data-basics" in progress
    form = world.learner.get("requests/new?stack=data-basics&address=/charts").text
    assert "Charts that tell the truth" in form
    assert '<option value="/charts" selected>' in form
    assert "Still open" in form
    sent = {
        "stack": "data-basics",
        "address": "/charts",
        "text": "I did <b>this</b>.",
        "url": "https://example.org/x",
        "form_id": hidden(form, "form_id"),
    }
    for _ in range(2):
        answer = world.learner.post("requests/new", sent)
        assert answer.status_code == 303
    page = world.learner.get(answer.headers["Location"]).text
    assert "is with the registrar" in page
    assert page.count("Waits for an answer") == 1
    assert "I did &lt;b&gt;this&lt;/b&gt;." in page
    second = world.learner.post("requests/new", {**sent, "form_id": str(uuid4())})
    assert second.status_code == 422
    assert "asked about this already" in second.text
    assert len(world.requests()) == 1
    decline_request(
        world.database,
        world.requests()[0].uuid,
        institution_id=world.institution,
        answer="Please bring the certificate.",
        actor="admin:x",
        now=world.now,
    )
    page = world.learner.get("requests").text
    assert "Please bring the certificate." in page
    assert "admin:x" not in page
    assert world.learner.post("requests/new", {**sent, "form_id": str(uuid4())}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": " "}, "Say what looks wrong"),
        ({"text": "x" * 3001}, "Shorten this"),
        ({"url": "javascript:alert(1)"}, "must begin with"),
        ({"address": "/nowhere"}, "Choose what it is about"),
    ],
)
def test_a_wrong_request_is_refused_and_keeps_what_was_typed(
    quick_world: CasesWorld, wrong: dict[str, str], says: str
) -> None:
    sent = {"stack": "data-basics", "address": "/charts", "text": "kept words", "url": ""}
    answer = quick_world.learner.post("requests/new", {**sent, "form_id": str(uuid4()), **wrong})
    assert answer.status_code == 422
    assert says in answer.text
    assert "text" in wrong or "kept words" in answer.text
    assert quick_world.requests() == []


def test_a_preview_and_a_stranger_ask_nothing(quick_world: CasesWorld) -> None:
    world = quick_world
    sent = {"stack": "data-basics", "address": "/charts", "text": "x", "form_id": str(uuid4())}
    preview = world.come_as("viewer", purpose="preview")
    assert preview.post("requests/new", sent).status_code == 403
    assert world.learner.get("requests/new?stack=nothing").status_code == 404
    assert world.requests() == []
    world.ask()
    assert "I did this elsewhere." not in world.teacher.get("requests").text
    assert "I did this elsewhere." in world.learner.get("requests").text


def test_a_case_is_decided_with_the_facts_beside_it(world: CasesWorld) -> None:
    world.complete(world.learner.learner_id, ["sql"])
    asked, rita = world.ask(), registrar(world)
    queue = rita.get("cases").text
    assert "1 request waits" in queue
    assert "Data basics: Charts that tell the truth" in queue
    case = rita.get(f"cases/{asked}").text
    missing = "Complete Charts that tell the truth"
    for said in ("Amara", "I did this elsewhere.", "1 of 2 parts counted", "80 of 100", missing):
        assert said in case
    assert '<option value="/charts" selected>' in case
    sent = {**FORM, "request": str(asked), "form_id": hidden(case, "form_id")}
    preview = rita.post(learner_path(world, "/effect"), sent).text
    assert "Becomes met: The award as a whole and Charts that tell the truth." in preview
    assert "The award “Data basics” is made at once." in preview
    assert world.exceptions() == []
    changed = rita.post(learner_path(world, "/effect"), {**sent, "act": "change"}).text
    assert REASON in changed
    done = rita.post(learner_path(world, "/exceptions"), sent)
    assert done.status_code == 303
    assert "the award is made" in rita.get(done.headers["Location"]).text
    page = world.learner.get("progress").text
    assert "Met by an exception" in page
    assert "Awarded on" in page
    own = world.learner.get("requests").text
    assert "Granted" in own
    assert REASON in own
    with world.database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "exception.granted"))
        assert event.one().actor == rita.actor


def test_two_registrars_at_once_and_a_double_click(world: CasesWorld) -> None:
    asked, rita, tom = world.ask(), registrar(world), registrar(world, name="Tom")
    path = learner_path(world, "/exceptions")
    sent = {**FORM, "request": str(asked), "form_id": str(uuid4())}
    assert rita.post(path, sent).status_code == 303
    assert rita.post(path, sent).status_code == 303
    late = tom.post(path, {**sent, "form_id": str(uuid4())})
    assert (late.status_code, "Somebody else has answered" in late.text) == (409, True)
    late = tom.post(f"cases/{asked}/decline", {"answer": "No."})
    assert (late.status_code, "Somebody else has answered" in late.text) == (409, True)
    assert len(world.exceptions()) == 1


def test_a_case_without_a_request_is_found_by_name_and_by_the_id_of_the_lms(
    world: CasesWorld,
) -> None:
    rita = registrar(world)
    for said in ("mar", "amara"):
        page = rita.get(f"cases?q={said}").text
        assert f"learners/{world.learner.learner_uuid}" in page
        assert str(world.other_learner.learner_uuid) not in page
    assert "Type at least" in rita.get("cases?q=a").text
    assert "0 learners are found" in rita.get("cases?q=%25%25").text
    page = rita.get(learner_path(world)).text
    assert "stack=data-basics" in page
    page = rita.get(learner_path(world, "?stack=data-basics")).text
    assert "Grant an exception" in page
    done = rita.post(learner_path(world, "/exceptions"), {**FORM, "form_id": str(uuid4())})
    assert done.status_code == 303
    assert "The requirement is waived." in rita.get("exceptions").text


WRONG = [
    ({"address": ""}, "Choose the requirement"),
    ({"reason_code": ""}, "Choose why"),
    ({"reason": ""}, "Say why"),
    ({"until": "tomorrow"}, "Enter a date"),
    ({"until": "2020-01-01"}, "beyond today"),
    ({"kind": "change-limit", "address": "/", "value": "many"}, "Enter a number"),
    ({"kind": "substitute"}, "Choose which of the learner"),
]


def test_a_wrong_exception_keeps_what_was_typed(quick_world: CasesWorld) -> None:
    world = quick_world
    rita = registrar(world)
    for wrong, says in WRONG:
        sent = {**FORM, "document_url": "https://example.org/doc", "form_id": str(uuid4()), **wrong}
        for end in ("/effect", "/exceptions"):
            answer = rita.post(learner_path(world, end), sent)
            assert answer.status_code == 422, (end, wrong)
            assert says in answer.text
            assert "https://example.org/doc" in answer.text
    assert world.exceptions() == []


def test_an_exception_is_ended_with_a_reason(quick_world: CasesWorld) -> None:
    world = quick_world
    world.complete(world.learner.learner_id, ["sql"])
    done, rita = world.grant(), registrar(world)
    path = f"exceptions/{done.uuid}/end"
    assert rita.post(path, {"reason": " "}).status_code == 422
    answer = rita.post(path, {"reason": "not genuine"})
    assert "waits under “Reviews”" in rita.get(answer.headers["Location"]).text
    assert rita.post(path, {"reason": "again"}).status_code == 409
    assert "not genuine" in rita.get("exceptions").text
    assert "Data basics" in rita.get("reviews").text
    assert "Ended by a registrar" in world.learner.get("requests").text


def pages(world: CasesWorld, asked: UUID, exception: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    """Every page of registrars, with a form that would be taken."""
    grant = {**FORM, "request": str(asked), "form_id": str(uuid4())}
    return [
        ("GET", "cases", {}),
        ("GET", f"cases/{asked}", {}),
        ("GET", learner_path(world), {}),
        ("GET", "exceptions", {}),
        ("POST", f"cases/{asked}/decline", {"answer": "No."}),
        ("POST", learner_path(world, "/effect"), grant),
        ("POST", learner_path(world, "/exceptions"), grant),
        ("POST", f"exceptions/{exception}/end", {"reason": "so"}),
    ]


def test_nobody_else_opens_the_pages_of_registrars(quick_world: CasesWorld) -> None:
    world = quick_world
    asked, exception = world.ask("/sql"), world.grant().uuid
    others = [sign_in(world), sign_in(world, "harbour"), sign_in(world, "hill")]
    strange = registrar(world, "hill")
    for method, path, form in pages(world, asked, exception):
        for admin in others:
            answer = admin.post(path, form) if method == "POST" else admin.get(path)
            assert answer.status_code == 403, path
            assert "Amara" not in answer.text
        for person in (world.teacher, world.learner):
            assert person.send(method, f"/admin/{path}", data=form).status_code == 401, path
        answer = strange.post(path, form) if method == "POST" else strange.get(path)
        assert answer.status_code == (200 if path in ("cases", "exceptions") else 404), path
        assert "Amara" not in answer.text
    assert [row.state for row in world.requests()] == ["open"]
    assert len(world.exceptions()) == 1


def test_a_form_without_its_token_decides_nothing(quick_world: CasesWorld) -> None:
    world = quick_world
    asked, exception, rita = world.ask("/sql"), world.grant().uuid, registrar(world)
    for method, path, form in pages(world, asked, exception):
        if method == "POST":
            bare = rita.send("POST", path, data=form, headers={"Origin": ORIGIN})
            assert (bare.status_code, "csrf" in bare.text) == (403, True), path
            assert rita.post(path, form, Origin="https://evil.example").status_code == 403
    assert [row.state for row in world.requests()] == ["open"]


def test_a_registrar_opens_nothing_else_but_reviews(
    quick_world: CasesWorld,
) -> None:
    world = quick_world
    rita = registrar(world)
    for path in ("platforms", "platforms/new", "scores", "keys", "institutions"):
        assert rita.get(path).status_code == 403, path
    page = rita.get("reviews").text
    assert "Cases" in page
    assert "Platforms" not in page
    both = sign_in(world, "harbour", "Both", roles=("administrator", "registrar"))
    for path in ("platforms", "cases"):
        assert both.get(path).status_code == 200
    assert rita.post("/admin/sign-out").status_code == 303


def test_what_was_asked_and_decided_is_in_the_export_and_goes_with_the_person(
    world: CasesWorld,
) -> None:
    from lti_tool.services.forget_learner import forget_learner

    asked = world.ask(text="my own words", url="https://example.org/mine")
    done = world.grant(request_uuid=asked)
    world.ask("/sql", text="still open")
    end_exception(world.database, done.uuid, reason="end words", actor="admin:x", now=world.now)
    data = world.learner.post("my-data").get_json(force=True)
    assert [row["text"] for row in data["requests"]] == ["my own words", "still open"]
    assert data["exceptions"][0]["reason"] == REASON
    assert data["exception_ends"][0]["reason"] == "end words"
    assert "admin:" not in str(data["exceptions"]) + str(data["requests"])
    forget_learner(
        world.database,
        institution_id=world.institution,
        learner_id=world.learner.learner_id,
        actor="test",
        now=world.now + timedelta(minutes=1),
    )
    rows = world.requests()
    assert [(row.text, row.url, row.answer) for row in rows] == [("", "", ""), ("", "", "")]
    assert [row.state for row in rows] == ["granted", "closed"]
    (kept,) = world.exceptions()
    assert (kept.reason, kept.kind) == ("", "waive")
