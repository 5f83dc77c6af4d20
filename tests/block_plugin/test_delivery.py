"""What follows from an answer of the tool. Pure."""

from __future__ import annotations

import json

import pytest

from quoin_xblock.plugin.delivery import (
    FIRST_DELAY,
    LONGEST_DELAY,
    Answer,
    Next,
    Verdict,
    delay_before,
    judge,
    judge_batch,
    should_halve,
)


def results(*items: object) -> Answer:
    return Answer(200, json.dumps({"results": items}).encode())


@pytest.mark.parametrize("status", [None, 301, 302, 307, 408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(status: int | None) -> None:
    assert judge(Answer(status)).next is Next.AGAIN


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 451])
def test_every_other_refusal_is_a_dead_letter(status: int) -> None:
    assert judge(Answer(status)).next is Next.DEAD


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"title": "Bad", "detail": "Say when."}', "400: Say when."),
        (b'{"title": "Bad"}', "400: Bad"),
        (b"<html>", "400: no reason was given"),
        (b"", "400: no reason was given"),
        (b'{"detail": "' + b"x" * 9000 + b'"}', "400: " + "x" * 500),
    ],
)
def test_the_reason_is_kept_in_the_tools_words(body: bytes, problem: str) -> None:
    assert judge(Answer(400, body)).problem == problem


def test_each_completion_has_its_own_result_whatever_their_order() -> None:
    answer = results(
        {"key": "c", "status": "refused", "problem": {"detail": "Unknown competency."}},
        {"key": "a", "status": "recorded"},
        {"key": "b", "status": "repeated"},
    )

    assert judge_batch(answer, ["a", "b", "c"]) == [
        Verdict(Next.DONE),
        Verdict(Next.DONE),
        Verdict(Next.DEAD, "Unknown competency."),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        results(),
        results({"key": "other", "status": "recorded"}),
        results({"key": "a", "status": "perhaps"}),
        results("a"),
        Answer(200, b"<html>Welcome</html>"),
        Answer(200, b'{"results": 7}'),
        Answer(204),
    ],
)
def test_a_completion_without_a_result_is_not_taken_as_done(answer: Answer) -> None:
    assert judge_batch(answer, ["a"])[0].next is Next.AGAIN


def test_an_answer_to_the_whole_is_the_answer_to_each() -> None:
    assert {v.next for v in judge_batch(Answer(503), ["a", "b"])} == {Next.AGAIN}


def test_only_what_one_completion_may_have_spoilt_is_halved() -> None:
    halved = [status for status in range(400, 600) if should_halve(Answer(status), 2)]

    assert halved == [400, 413, 422]
    assert not should_halve(Answer(400), 1)


def test_delays_double_up_to_the_longest_and_leave_half_to_chance() -> None:
    shortest = [delay_before(n, Answer(None), chance=0.0) for n in range(1, 10)]
    longest = [delay_before(n, Answer(None), chance=1.0) for n in range(1, 10)]

    assert shortest[:3] == [FIRST_DELAY / 2, FIRST_DELAY, FIRST_DELAY * 2]
    assert longest[:3] == [FIRST_DELAY, FIRST_DELAY * 2, FIRST_DELAY * 4]
    assert longest[-1] == delay_before(10_000, Answer(None), chance=1.0) == LONGEST_DELAY


def test_chance_makes_delays_differ() -> None:
    assert len({delay_before(5, Answer(None)) for _ in range(20)}) > 1


@pytest.mark.parametrize(("asked", "waited"), [(60.0, 60.0), (1.0, 5.0), (1e9, 3600.0)])
def test_a_tool_that_names_a_time_is_left_alone_so_long_but_not_for_ever(
    asked: float, waited: float
) -> None:
    assert delay_before(1, Answer(503, retry_after=asked), chance=1.0) == waited
