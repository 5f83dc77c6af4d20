"""When our keys change their state (section 5)."""

from datetime import timedelta

from lti_tool.lti.key_rotation import KeyAge, Step, StepKind, plan_rotation
from tests.lti.platform import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_next_key_is_published_two_days_before_the_current_one_is_ninety_days_old():
    assert plan_rotation([KeyAge("a", "current", NOW)]) == [
        Step(StepKind.PUBLISH, NOW + 88 * DAY, None)
    ]


def test_a_next_key_signs_after_48_hours_and_no_further_one_is_published():
    keys = [KeyAge("a", "current", NOW - 400 * DAY), KeyAge("b", "next", NOW)]
    assert plan_rotation(keys) == [Step(StepKind.ACTIVATE, NOW + 48 * HOUR, "b")]


def test_a_retired_key_stays_for_14_days_and_the_earliest_step_comes_first():
    keys = [
        KeyAge("c", "current", NOW),
        KeyAge("b", "retired", NOW),
        KeyAge("a", "retired", NOW - DAY),
    ]
    assert [(step.kind, step.kid, step.due_at - NOW) for step in plan_rotation(keys)] == [
        (StepKind.REMOVE, "a", 13 * DAY),
        (StepKind.REMOVE, "b", 14 * DAY),
        (StepKind.PUBLISH, None, 88 * DAY),
    ]


def test_without_any_key_there_is_no_step():
    assert plan_rotation([]) == []
