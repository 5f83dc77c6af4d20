"""The three views of a stack document: sentences, an outline (tree), YAML; each read and written.

All three hold the same: what one of them says, the others say too.
"""

from __future__ import annotations

from functools import lru_cache

from lti_tool.errors import StackTextError
from lti_tool.rule_outline import OUTLINE
from lti_tool.rule_sentences import ENGLISH
from lti_tool.stack_text import document_of, read_document
from lti_tool.stack_yaml import dump
from stacking_rules import Document, DocumentError, LimitExceededError, Stack
from stacking_rules.errors import PhraseError
from stacking_rules.phrases import Phrases, compiled
from stacking_rules.say import say
from stacking_rules.understand import lines_of, understand
from stacking_rules.write_document import write_document

LANGUAGES = {"sentence": ENGLISH, "tree": OUTLINE}
VIEWS = (*LANGUAGES, "yaml")
PROBLEMS = {
    "not-understood": "This line is not understood. Did you mean '{about}'?",
    "two-meanings": "This line has two meanings: put names into quotation marks.",
    "said-twice": "'{about}' is said twice: leave one of the lines out.",
    "open-quote": "A quotation mark is opened and not closed.",
    "indent": "This line must stand as far to the right as those beside it, after spaces only.",
    "nothing-below": "Nothing can stand below the line above: move this one to the left.",
    "one-below": "Exactly one requirement must stand below this line, further to the right.",
    "some-below": "What this line speaks of must stand below it, further to the right.",
    "too-large": "The text has more than {about} characters.",
    "line-too-long": "The line has more than {about} characters.",
    "too-deep": "More than {about} levels of lines.",
}


def read_view(text: str, view: str) -> Document:
    """Read a document in one of VIEWS; ``StackTextError`` names line, column and address."""
    if view == "yaml":
        return read_document(text)
    try:
        data = understand(text, phrases(view))
    except PhraseError as error:
        words = PROBLEMS[error.code].format(about=error.about)
        raise StackTextError(words, line=error.line, column=error.column, address="") from None
    try:
        return document_of(data)
    except DocumentError as error:
        line = _line(data, error.address)
        raise StackTextError(error.message, line=line, column=1, address=error.address) from None
    except LimitExceededError as error:
        raise StackTextError(str(error), line=1, column=1, address="") from None


def write_view(document: Document, view: str, stacks: tuple[Stack, ...] | None = None) -> str:
    """Return a document, with all its stacks or only ``stacks``, in one of VIEWS.

    ``LimitExceededError`` where a line would be longer than sentences and trees may have.
    """
    data = write_document(document, stacks)
    return dump(data) if view == "yaml" else say(data, phrases(view))


@lru_cache
def phrases(view: str) -> Phrases:
    """Return the phrases of the view "sentence" or "tree"."""
    return compiled(LANGUAGES[view])


def _line(data: object, address: str) -> int:
    """Return the line of the nearest thing above ``address`` that has one."""
    lines = dict(lines_of(data))
    while address not in lines:
        address = address.rpartition("/")[0]
    return lines[address]
