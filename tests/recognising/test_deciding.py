"""A named person decides, with a reason; again is a correction; the next one is filled in."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from lti_tool.persistence.audit import AuditEvent
from lti_tool.persistence.awards import list_open_reviews
from lti_tool.persistence.completions import Completion, Withdrawal
from lti_tool.persistence.outside_credentials import Recognition
from lti_tool.services.agree_equivalency import NewEquivalency, agree_equivalency
from lti_tool.services.end_equivalency import end_equivalency
from lti_tool.services.enforce_retention import enforce_retention
from lti_tool.services.export_learner import export_learner
from lti_tool.services.forget_learner import forget_learner
from lti_tool.services.preview_retention import preview_retention
from tests.recognising.world import RecognitionWorld


def _completions(world: RecognitionWorld) -> list[Completion]:
    with world.database.reading() as session:
        query = select(Completion).where(Completion.source == "recognition")
        return list(session.scalars(query.order_by(Completion.id)))


def test_the_decision_is_a_completion_with_its_issuer_credits_and_dates(
    world: RecognitionWorld,
) -> None:
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    world.recognise(row, "biology", credits="2,5", grade="71", level="6", valid_until="2029-01-01")
    (made,) = _completions(world)
    assert (made.credits, made.grade, made.is_recognised) == (Decimal("2.5"), Decimal(71), True)
    assert (made.completed_on, made.valid_until) == (date(2026, 1, 1), date(2029, 1, 1))
    assert made.attributes == {"external": True, "issuer": world.uni.did, "level": "6"}
    assert made.recorded_by == world.registrar.learner_id
    desk = world.registrar.get("recognition").text
    # To be corrected, it stands in the form as it was decided.
    for value in ("2.5", "71", "6", "2026-01-01", "2029-01-01"):
        assert f'value="{value}"' in desk
    with world.database.reading() as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {"outside-credential.kept", "outside-credential.recognised"} <= actions


def test_a_declined_one_counts_for_nothing_and_the_learner_reads_why(
    world: RecognitionWorld,
) -> None:
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    assert world.decide(row, decision="decline", reason="").status_code == 422
    answer = world.decide(row, decision="decline", reason="Another level than ours.")
    assert answer.status_code == 303
    assert _completions(world) == []
    assert "Another level than ours." in world.amara.get("outside-credentials").text


def test_a_decision_is_corrected_and_the_first_one_stays(world: RecognitionWorld) -> None:
    world.record(world.amara, "maths")
    world.record(world.amara, "physics")
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    world.recognise(row, "biology")
    assert world.awarded(world.amara) == ["science"]
    # Nothing is lost by a correction that still explains the award.
    world.recognise(row, "biology", grade="75", reason="The grade was forgotten.")
    with world.database.reading() as session:
        assert list_open_reviews(session, row.institution_id) == []
    world.recognise(row, "biology", credits="4", reason="The workload was less.")
    first, _, second = _completions(world)
    with world.database.reading() as session:
        withdrawn = list(session.scalars(select(Withdrawal.completion_id)))
        decisions = list(session.scalars(select(Recognition).order_by(Recognition.id)))
        reviews = list_open_reviews(session, first.institution_id)
    assert (len(withdrawn), withdrawn[0], second.credits) == (2, first.id, Decimal(4))
    assert [one.replaces_id for one in decisions] == [None, decisions[0].id, decisions[1].id]
    # With 4 credits the award is not explained: a person looks, nothing is taken away.
    assert len(reviews) == 1
    assert world.awarded(world.amara) == ["science"]


def test_the_next_of_its_kind_is_filled_in(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    world.recognise(row, "biology", credits="3.5", keep="1", reason="As agreed in March.")
    next_one = world.credential(email="ada@uni.example")
    world.hand_in(world.ada, next_one | {"id": f"{world.uni.base}/credentials/77"})
    desk = world.registrar.get("recognition").text
    assert "Filled in from an equivalency" in desk
    assert 'value="3.5"' in desk
    assert world.rows()[-1].state == "waiting"


def test_an_automatic_equivalency_decides_for_trusted_issuers_until_it_ends(
    world: RecognitionWorld,
) -> None:
    new = NewEquivalency(
        world.uni.did,
        f"{world.uni.base}/achievements/1",
        "biology",
        "Agreement of 2025.",
        date(2025, 1, 1),
        is_automatic=True,
    )
    common = {"institution_key": "harbour", "actor": "test", "now": world.now}
    uuid = agree_equivalency(world.database, new, **common)  # type: ignore[arg-type]
    world.hand_in(world.amara, world.credential())
    assert world.rows()[-1].state == "waiting"
    world.trust(world.uni.did)
    world.record(world.ada, "maths")
    world.record(world.ada, "physics")
    second = world.credential(email="ada@uni.example", id=f"{world.uni.base}/credentials/8")
    page = world.hand_in(world.ada, second)
    assert "You have been awarded: Science basics." in page.text
    assert world.rows()[-1].state == "recognised"
    end_equivalency(world.database, uuid, reason="Over.", **common)  # type: ignore[arg-type]
    world.hand_in(world.amara, world.credential(id=f"{world.uni.base}/credentials/9"))
    assert world.rows()[-1].state == "waiting"


def test_whose_it_is_must_be_made_sure_of(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    world.hand_in(world.amara, world.credential(email="somebody@uni.example"))
    (row,) = world.rows()
    answer = world.recognise(row, "biology")
    assert answer.status_code == 422
    assert "Make sure of it, and say so." in answer.text
    assert world.recognise(row, "biology", identity="1").status_code == 303
    assert len(_completions(world)) == 1


WRONG = (
    ("credits", "1e9"),
    ("credits", "-1"),
    ("credits", "NaN"),
    ("credits", "twenty"),
    ("grade", "101"),
    ("level", "99"),
    ("completed_on", "2027-01-01"),
    ("valid_until", "2025-01-01"),
    ("reason", ""),
    ("achievement", "00000000"),
)


def test_what_nobody_means_is_refused_at_its_field(sqlite_world: RecognitionWorld) -> None:
    world = sqlite_world
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    for field, value in WRONG:
        given = {"achievement": str(world.achievement("biology")), field: value}
        answer = world.decide(row, **given)
        assert answer.status_code == 422, (field, value)
        assert f'href="#outside-{row.uuid}-{field}"' in answer.text, (field, value)
    assert _completions(world) == []


def test_nobody_else_decides(world: RecognitionWorld) -> None:
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    for person in (world.teacher, world.amara):
        assert person.get("recognition").status_code == 403
        assert world.recognise(row, "biology", person).status_code == 403
    stranger = world.other_registrar
    assert stranger.get("recognition").status_code == 200
    assert "SQL foundations" not in stranger.get("recognition").text
    given = {"decision": "decline", "reason": "x"}
    assert stranger.post(f"recognition/{row.uuid}", given).status_code == 404
    assert world.row(row.uuid).state == "waiting"


def test_an_award_of_another_issuer_counts_in_the_larger_stack(
    sqlite_world: RecognitionWorld,
) -> None:
    world = sqlite_world
    world.record(world.amara, "sql")
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    answer = world.recognise(row, "science", credits="15")
    assert answer.location.endswith("notice=outside-awarded")
    assert world.awarded(world.amara) == ["broad"]


def test_their_data_are_given_out_and_erased(world: RecognitionWorld) -> None:
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    world.recognise(row, "biology", reason="Known to me.")
    who = {
        "institution_id": row.institution_id,
        "learner_id": row.learner_id,
        "actor": "test",
        "now": world.now,
    }
    told = export_learner(world.database, **who)  # type: ignore[arg-type]
    (kept,) = told["outside_credentials"]
    assert "SQL foundations" in kept["document"]
    assert told["recognitions"][0]["reason"] == "Known to me."
    forget_learner(world.database, **who)  # type: ignore[arg-type]
    erased = world.row(row.uuid)
    assert (erased.document, erased.told, erased.credential_id) == (b"", {}, "")
    with world.database.reading() as session:
        assert session.scalars(select(Recognition.reason)).all() == [""]
    assert len(_completions(world)) == 1


def test_a_newer_version_takes_the_place_of_what_counts_once_it_is_recognised(
    world: RecognitionWorld,
) -> None:
    world.record(world.amara, "maths")
    world.record(world.amara, "physics")
    world.hand_in(world.amara, world.credential())
    (old,) = world.rows()
    world.recognise(old, "biology")
    world.hand_in(world.amara, world.credential(validFrom="2026-03-01T00:00:00Z"))
    new = world.rows()[-1]
    assert (new.remark, world.row(old.uuid).state) == ("newer-version", "recognised")
    world.recognise(new, "biology", reason="The corrected one.")
    assert [row.state for row in world.rows()] == ["superseded", "recognised"]
    with world.database.reading() as session:
        (withdrawn,) = session.scalars(select(Withdrawal.completion_id))
        assert list_open_reviews(session, old.institution_id) == []
    assert withdrawn == _completions(world)[0].id
    assert world.awarded(world.amara) == ["science"]


def test_the_document_of_a_declined_credential_is_let_go_in_time(world: RecognitionWorld) -> None:
    world.hand_in(world.amara, world.credential())
    (row,) = world.rows()
    assert world.decide(row, decision="decline", reason="Another level.").status_code == 303
    enforce_retention(world.database, now=world.now + timedelta(days=365))
    assert world.row(row.uuid).document
    later = world.now + timedelta(days=366)
    found = preview_retention(world.database, now=later, key="harbour")[0].counts
    assert found["declined-documents"] == 1
    enforce_retention(world.database, now=later)
    assert world.row(row.uuid).document == b""
    assert world.registrar.get("recognition").status_code == 200
    assert world.amara.get("outside-credentials").status_code == 200
