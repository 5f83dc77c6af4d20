"""A teacher's own grade wins; the teacher chooses (section 7.2)."""

from datetime import timedelta

import pytest

from lti_tool.errors import ForbiddenError, NotFoundError
from lti_tool.lti.grades import LINE_ITEM, SCORE
from lti_tool.persistence.courses import Context
from lti_tool.persistence.deliveries import DeliveryState
from lti_tool.services.resend_score import Choice, resend_score
from tests.lti.local_server import Reply, json_reply


def choose(course, choice, delivery_id, **more):
    return resend_score(
        course.database,
        choice=choice,
        delivery_uuid=course.row(delivery_id).uuid,
        context_id=course.launched.context_id,
        actor="teacher",
        now=course.now,
        **more,
    )


@pytest.fixture
def overridden(course):
    """Ours was 80, a teacher made it 70, and now we have 92."""
    course.promise("80")
    course.work()
    course.result(70)
    course.now += timedelta(minutes=1)
    delivery = course.promise("92")
    course.work()
    return delivery


def test_a_grade_that_is_not_the_one_we_sent_last_is_not_overwritten(course, overridden):
    row = course.row(overridden)
    assert row.state == DeliveryState.OVERRIDDEN
    assert row.last_answer == "The gradebook says 70 of 100, we have 92 of 100."
    assert course.given == [80]


def test_send_ours_anyway_overwrites_once(course, overridden):
    assert choose(course, Choice.ANYWAY, overridden) == 1
    assert choose(course, Choice.ANYWAY, overridden) == 0
    course.lms.after_score = lambda: course.result(92)
    course.work()
    assert course.given == [80, 92]
    assert course.row(overridden).state == DeliveryState.DONE
    course.result(60)
    course.now += timedelta(minutes=1)
    course.promise("95")
    course.work()
    assert course.given == [80, 92], "the word of the teacher holds for one sending"


def test_leave_it_ends_the_question_and_the_next_score_asks_again(course, overridden):
    assert choose(course, Choice.LEAVE, overridden) == 1
    row = course.row(overridden)
    assert row.state == DeliveryState.SUPERSEDED
    assert "left as it is" in row.last_answer
    course.now += timedelta(minutes=1)
    newer = course.promise("95")
    course.work()
    assert course.row(newer).state == DeliveryState.OVERRIDDEN
    assert course.given == [80]


def test_a_newer_score_takes_the_place_of_an_open_question(course, overridden):
    course.now += timedelta(minutes=1)
    newer = course.promise("95")
    course.work()
    assert course.row(overridden).state == DeliveryState.SUPERSEDED
    assert course.row(newer).state == DeliveryState.OVERRIDDEN
    with pytest.raises(NotFoundError):
        choose(course, Choice.ANYWAY, overridden)


def test_a_platform_that_takes_ours_and_keeps_the_other_says_so(course, overridden):
    """Moodle, in the column of an activity."""
    choose(course, Choice.ANYWAY, overridden)
    course.work()
    row = course.row(overridden)
    assert row.state == DeliveryState.OVERRIDDEN
    assert "keeps the other grade" in row.last_answer
    assert course.given == [80, 92]


@pytest.mark.parametrize("standing", [80, 80.004, 79.996])
def test_our_own_grade_as_the_platform_rounds_it_is_no_override(course, standing):
    course.send_one("80")
    course.result(standing)
    course.send_one("92")
    assert course.given == [80, 92]


def test_our_own_grade_on_another_maximum_is_no_override(course):
    course.send_one("80")
    course.result(8, maximum=10)
    course.send_one("92")
    assert course.given == [80, 92]


def test_a_grade_that_stood_before_our_first_is_a_teachers(course):
    course.result(55)
    assert course.send_one("80").state is DeliveryState.OVERRIDDEN
    assert course.given == []


def test_a_score_whose_answer_was_lost_is_one_of_ours(course):
    """B41: stored, and we never heard of it; the next score must not be stopped by it."""
    course.send_one("80")
    course.lms.score_replies = [Reply(write=lambda _: None)]
    course.now += timedelta(minutes=1)
    course.promise("85")
    course.work()
    course.result(85)
    course.now += timedelta(minutes=1)
    course.promise("92")
    course.work()
    assert course.given == [80, 85, 92]


def test_what_we_never_sent_is_not_ours_even_if_the_teacher_typed_it(course, overridden):
    course.result(92)
    assert course.send_one("95").state is DeliveryState.OVERRIDDEN


def test_an_older_score_of_ours_that_a_teacher_put_back_is_a_teachers(course):
    for given in ("70", "80"):
        course.send_one(given)
        course.result(int(given))
    course.result(70)
    assert course.send_one("92").state is DeliveryState.OVERRIDDEN


def test_a_platform_that_does_not_say_what_stands_is_asked_again_before_sending(course):
    course.send_one("80")
    course.server.on("GET /items/1/results", Reply(503))
    attempt = course.send_one("92")
    assert attempt.state is DeliveryState.PENDING
    assert course.given == [80]


@pytest.mark.parametrize("reply", [Reply(403), Reply(404)])
def test_where_results_may_not_be_read_scores_are_sent_all_the_same(course, reply):
    course.send_one("80")
    course.server.on("GET /items/1/results", reply)
    assert course.send_one("92").state is DeliveryState.DONE


def test_without_the_scope_nobody_asks_for_results(course):
    """Degrades per scope."""
    course.change(Context, grade_scopes=[LINE_ITEM, SCORE])
    course.send_one("80")
    course.result(70)
    assert course.send_one("92").state is DeliveryState.DONE
    assert course.server.count("GET /items/1/results") == 0


def test_a_result_scope_that_the_token_lacks_is_done_without(course):
    def grant(request):
        kept = [s for s in request.form["scope"].split() if not s.endswith("result.readonly")]
        if not kept:
            return json_reply({"error": "invalid_scope"}, 400)
        answer = {"access_token": "t", "expires_in": 3600, "scope": " ".join(kept)}
        return json_reply(answer)

    course.server.on("POST /token", grant)
    assert course.send_one("80").state is DeliveryState.DONE
    course.result(70)
    assert course.send_one("92").state is DeliveryState.DONE


@pytest.mark.parametrize("reply", [Reply(409), Reply(400, b"Refusing older timestamp")])
def test_a_conflict_with_a_teachers_grade_is_the_teachers_choice(course, reply):
    """B41: the grade came between our question and our score."""
    results = [json_reply([])]
    results.append(json_reply([{"userId": "user-7", "resultScore": 55, "resultMaximum": 100}]))
    course.server.on("GET /items/1/results", *results)
    course.lms.score_replies = [reply]
    attempt = course.send_one("80")
    assert attempt.state is DeliveryState.OVERRIDDEN
    assert "says 55 of 100, we have 80 of 100" in attempt.answer


def test_a_conflict_without_the_right_to_look_is_the_teachers_choice_too(course):
    course.change(Context, grade_scopes=[LINE_ITEM, SCORE])
    course.lms.score_replies = [Reply(409)]
    delivery = course.promise()
    course.work()
    assert course.row(delivery).state == DeliveryState.OVERRIDDEN
    course.now += timedelta(minutes=1)
    choose(course, Choice.ANYWAY, delivery)
    course.work()
    assert course.row(delivery).state == DeliveryState.DONE
    first, second = (score["timestamp"] for score in course.lms.scores)
    assert second > first


def test_who_does_not_teach_the_course_chooses_nothing(course, overridden):
    with pytest.raises(ForbiddenError):
        choose(course, Choice.ANYWAY, overridden, teacher_id=course.launched.learner_id)


def test_a_score_of_another_course_is_not_found(course, overridden):
    with pytest.raises(NotFoundError):
        resend_score(
            course.database,
            choice=Choice.ANYWAY,
            delivery_uuid=course.row(overridden).uuid,
            context_id=course.launched.context_id + 1,
            actor="teacher",
            now=course.now,
        )
