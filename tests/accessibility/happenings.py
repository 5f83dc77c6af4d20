"""What happens on the campus: evidence, cases, drafts, tables, links; and where each is found."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID, uuid4

from sqlalchemy import select

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.mailing import unsubscribe_token
from lti_tool.persistence.catalog import Institution, get_achievement
from lti_tool.persistence.completions import Completion, Evidence
from lti_tool.persistence.courses import ensure_context, get_context
from lti_tool.persistence.deliveries import Delivery
from lti_tool.persistence.evidence_readings import EvidenceReading
from lti_tool.persistence.evidence_sources import EvidenceMapping, EvidenceSource
from lti_tool.persistence.learners import Learner, ensure_membership
from lti_tool.persistence.placements import ensure_placement
from lti_tool.persistence.stack_drafts import StackDraft
from lti_tool.services.decline_request import decline_request
from lti_tool.services.describe_achievements import describe_achievements
from lti_tool.services.import_framework import import_framework
from lti_tool.services.invite_platform import InvitationTerms, invite_platform
from lti_tool.services.make_joining_code import make_joining_code
from lti_tool.services.publish_page import Consent, publish_page
from lti_tool.services.register_wallet import register_wallet
from lti_tool.services.run_simulations import run_next_simulation
from lti_tool.services.set_rubric_levels import set_rubric_levels
from lti_tool.services.start_simulation import start_simulation
from lti_tool.services.submit_evidence import submit_evidence
from lti_tool.services.withdraw_completion import withdraw_completion
from lti_tool.sources.frameworks import read_framework
from tests.accessibility.campus import CLASS, LONG, Campus
from tests.cases.world import waiver
from tests.credentials.descriptions import FULL
from tests.services.drafting import RULE, Desk
from tests.sources.framework_examples import as_files, package, skills
from tests.wallet_protocols.test_access import CALLBACK, REQUEST
from tests.web.admins import give, sign_in, wait_for_approval
from tests.web.scores import promise
from tests.web.test_sheets import staged
from tests.web.world import PLATFORM, Person, origin_of

Places = dict[str, str]
HIDDEN = ("form_id", "revision")
LEVELS = (("Beginning", 40), ("Sound", 70), ("Excellent", 95))
ASKED = {"openid_configuration": "https://lms.example/config", "registration_token": "secret"}
LOGIN = {
    "iss": PLATFORM,
    "client_id": "harbour",
    "login_hint": "amara",
    "target_link_uri": "",
    "lti_storage_target": "_parent",
}
EASIER = """quoin: 2
stacks:
- key: data-practice
  title: Data practice
  requires: {any: [{award: data-basics}, {completed: ethics, grade: 90}, charts]}
"""
TABLE = """learner,competency,date,grade,note
Ada Okafor,ethics,2026-06-01,80,oral
Ben Achterberg,ethics,2026-06-01,64,
nobody,ethics,2026-06-01,70,
Mei Chen,sql,yesterday,70,
"""


def fill_campus(campus: Campus) -> Places:
    """Let all of it happen; return what stands in the addresses of pages, by its name."""
    places = {"course": campus.learner.course, "zoe": str(campus.newcomer.learner_uuid)}
    places |= _awards(campus) | _evidence(campus) | _cases(campus)
    places |= _drafts(campus) | _tables(campus) | _scores(campus) | _elsewhere(campus)
    places |= _public(campus) | _platforms(campus) | _sources(campus)
    for key in ("sql", "ethics", "risk"):
        places[key] = str(campus.achievement(key))
    campus.teacher.post("analytics")
    return places


def _awards(campus: Campus) -> Places:
    """Amara holds two awards, one with a public page; the reason of a third of Ada's is gone."""
    describe_achievements(
        campus.database,
        institution_key="harbour",
        descriptions=read_descriptions(FULL),
        pictures={},
        actor="test",
        now=campus.now,
    )
    for key, days, grade in (("sql", 120, "88"), ("charts", 95, "74"), ("crypto", 9, "71")):
        campus.complete_by(campus.learner, key, days_ago=days, grade=grade)
    campus.work_off()
    award = campus.awards(campus.learner.learner_id)[1]
    token = publish_page(
        campus.database,
        learner_id=campus.learner.learner_id,
        award_uuid=award,
        consent=Consent(True, True, True, True),
        now=campus.now,
    )
    with campus.database.reading() as session:
        ada = session.scalars(select(Learner).where(Learner.name == CLASS[0])).one()
        query = select(Completion).where(Completion.learner_id == ada.id).order_by(Completion.id)
        lost = session.scalars(query).first()
        own = select(Completion.uuid).where(Completion.learner_id == campus.learner.learner_id)
        completion = session.scalars(own.order_by(Completion.id)).first()
    assert lost is not None
    withdraw_completion(
        campus.database,
        institution_id=campus.institution,
        completion_uuid=lost.uuid,
        reason="Recorded for the wrong person.",
        actor="test",
        now=campus.now,
    )
    other = campus.come_as("a. nwosu")
    code = make_joining_code(
        campus.database,
        campus.parts.config.secret_key,
        learner_id=other.learner_id,
        now=campus.now,
    )
    return {
        "award": str(award),
        "token": token,
        "ada": str(ada.uuid),
        "amara": str(campus.learner.learner_uuid),
        "completion": str(completion),
        "joining_code": code,
    }


def _evidence(campus: Campus) -> Places:
    """Three pieces wait; a rubric has levels."""
    set_rubric_levels(
        campus.database,
        institution_key="harbour",
        achievement_key="risk",
        levels=tuple((label, Decimal(grade)) for label, grade in LEVELS),
        actor="test",
        now=campus.now,
    )
    with campus.database.reading() as session:
        query = select(Learner).where(Learner.institution_id == campus.institution)
        people = {row.name: row.id for row in session.scalars(query)}
    told = (
        ("Amara Nwosu", "risk", "Our laboratory, room by room, and what may go wrong in each."),
        (CLASS[8], "charts", "Three charts of the same table; the second one misleads."),
        (LONG, "charts", "What I did. " * 30),
    )
    for name, key, text in told:
        submit_evidence(
            campus.database,
            context_id=campus.context_of("harbour"),
            learner_id=people[name],
            achievement_uuid=campus.achievement(key),
            text=text,
            url="https://example.org/" + "a" * 200 if name == LONG else None,
            form_id=str(uuid4()),
            now=campus.now - timedelta(days=len(name) // 5),
        )
    with campus.database.reading() as session:
        found = session.scalars(select(Evidence.uuid).order_by(Evidence.submitted_at)).all()
    return {"evidence": str(found[-1]), "old_evidence": str(found[0])}


def _cases(campus: Campus) -> Places:
    """Amara has asked twice: one request is answered; a waiver holds."""
    campus.grant(waiver(stack_key="steward", address="/law"))
    answered = campus.ask("/ethics", stack_key="data-practice", text="I have done this before.")
    decline_request(
        campus.database,
        answered,
        institution_id=campus.institution,
        answer="The course of 2019 had no part about data. Please hand in your thesis.",
        actor="admin:test",
        now=campus.now,
    )
    asked = campus.ask("/ethics", stack_key="data-practice", text="I passed this at Hill College.")
    return {"asked": str(asked)}


def _drafts(campus: Campus) -> Places:
    """A draft in the making, and one that two people changed at once."""
    teacher = campus.teacher

    def begin(title: str, **more: str) -> str:
        form = {"form_id": str(uuid4()), "title": title, **more}
        return _found(teacher, "stacks", form).removeprefix(teacher.course)

    draft, both = begin("Data leader"), begin("", key="data-practice")
    parts = {f"{RULE}|pick": "award:data-basics", f"{RULE}|new": "Leading people\nBudgets"}
    _found(teacher, teacher.course + draft, parts | _hidden(teacher, draft))
    seen = _hidden(teacher, both)
    _found(teacher, teacher.course + both, {f"{RULE}|new": "Accessibility", **seen})
    other = {f"{RULE}|new": "Privacy", **seen, "form_id": str(uuid4())}
    merge = _found(teacher, teacher.course + both, other)
    with campus.database.reading() as session:
        assert len(session.scalars(select(StackDraft)).all()) == 2
    return {"draft": teacher.course + draft, "merge": merge} | _simulations(campus)


def _simulations(campus: Campus) -> Places:
    """A draft that was simulated, one that waits for it, and one of which nothing is written."""
    desk = Desk(campus, campus.teacher)
    found = {name: desk.start(name) for name in ("simulated", "waiting", "empty")}
    for name in ("simulated", "waiting"):
        desk.write(found[name], EASIER)
        start_simulation(
            campus.database,
            found[name],
            institution_id=desk.place.institution_id,
            actor="test",
            now=campus.now,
        )
        while name == "simulated" and run_next_simulation(campus.database, now=campus.now):
            pass
    return {f"{name}_draft": str(uuid) for name, uuid in found.items()}


def _sources(campus: Campus) -> Places:
    """A source whose token is over, and two connections: one of them is about nothing any more."""
    with campus.database.writing() as session:
        context = get_context(session, campus.context_of("harbour"))
        source = EvidenceSource(
            institution_id=campus.institution,
            deployment_id=context.deployment_id,
            kind="moodle",
            name="Moodle of the harbour",
            base_url="https://127.0.0.1:9",
            sealed_token=campus.parts.sources.seal("secret"),
            problem="",
            created_at=campus.now,
        )
        session.add(source)
        session.flush()
        session.add(
            EvidenceReading(
                source_id=source.id,
                context_id=context.id,
                due_at=campus.now + timedelta(minutes=4),
                seen=[],
                problem="",
                strangers=2,
                finished_at=campus.now - timedelta(minutes=6),
            )
        )
        for key, item, problem in (("sql", "Final quiz", ""), ("ethics", LONG, "item-gone")):
            session.add(
                EvidenceMapping(
                    source_id=source.id,
                    context_id=context.id,
                    achievement_id=get_achievement(
                        session, campus.institution, campus.achievement(key)
                    ).id,
                    kind="grade",
                    item_key=key,
                    item_name=item,
                    threshold=Decimal("66.5"),
                    evidence_text="",
                    problem=problem,
                    problem_at=campus.now if problem else None,
                    created_by=campus.teacher.learner_id,
                    created_at=campus.now,
                )
            )
        session.flush()
        mapping = session.scalars(select(EvidenceMapping.uuid)).first()
        return {"source": str(source.uuid), "connection": str(mapping)}


def _hidden(person: Person, path: str) -> dict[str, str]:
    page = person.get(person.course + path).text
    found = {name: re.search(rf'name="{name}" value="([^"]+)"', page) for name in HIDDEN}
    return {name: one[1] for name, one in found.items() if one}


def _found(person: Person, path: str, form: dict[str, str]) -> str:
    """Send a form and return the path that it leads to."""
    answer = person.post(path, form)
    assert answer.status_code == 303, answer.text
    return str(answer.location).removeprefix(origin_of(person.app)).partition("#")[0]


def _tables(campus: Campus) -> Places:
    origin = ensure_other_course(campus)
    return {"sheet": staged(campus.teacher, TABLE), "origin": origin}


def ensure_other_course(campus: Campus) -> str:
    """Return the uuid of the teacher's course of last year, in which something is placed."""
    teacher = campus.teacher.learner_id
    with campus.database.writing() as session:
        here = get_context(session, campus.context_of("harbour"))
        other = ensure_context(
            session, here.deployment_id, "c0", campus.now, title="Data Skills 2025"
        )
        ensure_membership(session, other.id, teacher, campus.now, is_instructor=True)
        found = get_achievement(session, campus.institution, campus.achievement("sql"))
        for course in (other, here):
            ensure_placement(session, course.id, found.id, teacher, campus.now)
        return str(other.uuid)


def _scores(campus: Campus) -> Places:
    late = campus.now + timedelta(days=30)
    promise(campus, "sql", state="done", settled_at=campus.now)
    promise(
        campus, "charts", state="failed", reason="refused", last_answer="The column is gone.",
        tried_at=campus.now, due_at=late,
    )  # fmt: skip
    waiting = promise(campus, "crypto", state="held", reason="not-on-roster", due_at=late)
    with campus.database.reading() as session:
        assert session.scalars(select(Delivery).where(Delivery.uuid == waiting)).one()
    return {"delivery": str(waiting)}


def _elsewhere(campus: Campus) -> Places:
    """Chidi has handed in two credentials of another university; one is recognised."""
    for number in (1, 2):
        campus.hand_in(campus.amara, campus.credential(number))
    campus.recognise(campus.rows()[0], "physics")
    signed = campus.uni.sign(campus.credential(3))
    return {"outside": str(campus.rows()[1].uuid), "presented": json.dumps(signed)}


def _public(campus: Campus) -> Places:
    with campus.database.reading() as session:
        issuer = str(session.get_one(Institution, campus.institution).uuid)
    body = {"client_name": "Portfolio of Lerntafel", "redirect_uris": [CALLBACK]}
    client = register_wallet(campus.database, body, now=campus.now).client.client_id
    campus.learner.post(
        "news", {"address": "amara@harbour.example", "shown": "award", "mailed": "award"}
    )
    learner, key = str(campus.learner.learner_uuid), campus.parts.config.secret_key
    stop = unsubscribe_token(key, learner, "amara@harbour.example")
    return {
        "issuer": f"/issuers/{issuer}",
        "basics": str(campus.achievement("data-basics")),
        "consent": urlencode({**REQUEST, "client_id": client}),
        "stop": f"/news/{learner}/stop/{stop}",
    }


def _platforms(campus: Campus) -> Places:
    """Two platforms, one with an installation that waits; frameworks to search."""
    for files, owner in ((as_files(package()), "harbour"), (skills("en", "sv"), None)):
        import_framework(
            campus.database,
            read_framework(files),
            institution_key=owner,
            actor="test",
            now=campus.now,
        )
    platform: UUID = give(campus, "harbour")
    wait_for_approval(campus, platform)
    made = invite_platform(
        campus.database, "harbour", InvitationTerms(), actor="test", now=campus.now
    )
    sign_in(campus).post("keys/rotate", {"at_once": "1"})
    return {
        "platform": str(platform),
        "invitation": f"/lti/register/{made.code}",
        "registration": urlencode(ASKED),
        "login": urlencode({**LOGIN, "target_link_uri": f"{campus.origin}/lti/launch"}),
    }
