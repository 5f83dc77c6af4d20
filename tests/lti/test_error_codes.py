"""Every error code that the tool can show is explained, in the code and in the docs alike."""

import re
from pathlib import Path

from lti_tool.lti.error_codes import CODES, in_words

ROOT = Path(__file__).resolve().parents[2]
LIST = "error_codes.py"
ROW = re.compile(r"^\| `(lti[a-z-]*)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def raised():
    """Every text in the tool, but for the list itself, that has the form of such a code."""
    paths = [path for path in (ROOT / "lti_tool").rglob("*.py") if path.name != LIST]
    sources = [path.read_text("utf-8") for path in paths]
    return {code for source in sources for code in re.findall(r'"(lti-[a-z-]+)"', source)}


def test_every_code_of_the_tool_is_explained():
    assert raised() - CODES.keys() == set()


def test_no_code_is_explained_that_nobody_raises():
    assert CODES.keys() - raised() == {"lti"}


def test_the_docs_say_what_the_code_says():
    rows = ROW.findall((ROOT / "docs" / "launch-errors.md").read_text("utf-8"))
    assert {code: (meaning, action) for code, meaning, action in rows} == CODES


def test_a_code_in_words():
    assert in_words("lti-state") == "The launch was used already, or took longer than ten minutes."
    assert in_words("lti-of-tomorrow") == "lti-of-tomorrow"
