"""The table of answers to a score (section 7.3), a test per row."""

import pytest

from lti_tool.lti.score_answers import SENTENCES, Meaning, classify_status, excerpt, sentence


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_2xx_stored(status):
    assert classify_status(status) is Meaning.STORED


@pytest.mark.parametrize("status", [None, 408, 500, 501, 502, 503, 504, 520])
def test_no_answer_or_a_broken_one_is_unknown(status):
    assert classify_status(status) is Meaning.UNKNOWN


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        (401, Meaning.UNAUTHORISED),
        (403, Meaning.FORBIDDEN),
        (404, Meaning.NOT_FOUND),
        (409, Meaning.CONFLICT),
        (400, Meaning.REFUSED),
        (412, Meaning.NOT_GRADABLE),
        (422, Meaning.NOT_GRADABLE),
        (413, Meaning.OUR_DEFECT),
        (415, Meaning.OUR_DEFECT),
        (406, Meaning.OUR_DEFECT),
        (429, Meaning.TOO_FAST),
    ],
)
def test_each_status_has_its_meaning(status, meaning):
    assert classify_status(status) is meaning


@pytest.mark.parametrize("status", [100, 302, 402, 410, 418, 451, 499])
def test_anything_else_is_strange(status):
    assert classify_status(status) is Meaning.STRANGE


def test_every_meaning_has_a_sentence():
    assert set(SENTENCES) == set(Meaning)
    values = {"standing": "70 of 100", "ours": "92 of 100"}
    words = [sentence(meaning, "Harbour Moodle", **values) for meaning in Meaning]
    assert all(text.endswith(".") and "{" not in text for text in words)
    assert "Harbour Moodle" in sentence(Meaning.REFUSED, "Harbour Moodle")


def test_an_excerpt_holds_no_addresses_tokens_or_numbers_of_people():
    body = (
        b"<p>User ada@example.edu (1234567) could not be found,\n"
        b"token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI3In0</p>" + b"x y " * 500
    )
    text = excerpt(body)
    assert text.startswith("User ... (...) could not be found, token ...")
    assert len(text) <= 200
    assert "ada" not in text
    assert excerpt(b"\xff\xfe") != ""
