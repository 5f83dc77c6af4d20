"""Strict, bounded JSON."""

import time

import pytest

from lti_tool.strict_json import StrictJSONError, parse_json, parse_object

LIMIT = 300_000


def test_ordinary_json_is_read():
    text = '{"a": [1, 2.5, -3e2, true, null], "b": {"c": "\\u00e9 \\ud83d\\ude00 {[\\""}}'
    assert parse_json(text.encode(), max_bytes=LIMIT) == {
        "a": [1, 2.5, -300.0, True, None],
        "b": {"c": 'é 😀 {["'},
    }


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": ' + "9" * 5000 + "}",
        "[" * 17 + "]" * 17,
        '{"a": "\\ud800"}',
        '{"a": 1',
        "",
        "{'a': 1}",
        '{"a": "' + "\\" * 3,
    ],
)
def test_what_two_readers_could_read_differently_is_refused(text):
    with pytest.raises(StrictJSONError):
        parse_json(text.encode(), max_bytes=LIMIT)


def test_brackets_inside_texts_do_not_count_as_depth():
    text = '{"a": "' + "[" * 1000 + '"}'
    assert parse_json(text.encode(), max_bytes=LIMIT) == {"a": "[" * 1000}


def test_text_that_is_not_utf8_is_refused():
    with pytest.raises(StrictJSONError, match="UTF-8"):
        parse_json(b'{"a": "\xff"}', max_bytes=LIMIT)


def test_too_large_a_text_is_refused_before_it_is_read():
    with pytest.raises(StrictJSONError, match="larger than 10 bytes"):
        parse_json(b"[" + b" " * 20 + b"]", max_bytes=10)


def test_another_value_is_not_an_object():
    with pytest.raises(StrictJSONError, match="not an object"):
        parse_object(b"[1]", max_bytes=LIMIT)


@pytest.mark.parametrize("unit", ["[", '"', '\\"', '{"a":', "\\", "1", '"\\'])
def test_hostile_repetition_is_refused_in_linear_time(unit):
    text = (unit * LIMIT)[:LIMIT].encode()
    started = time.process_time()
    with pytest.raises(StrictJSONError):
        parse_json(text, max_bytes=LIMIT)
    assert time.process_time() - started < 1
