"""Documents for the tests of the views: every corpus, random rules, and one that uses all forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from lti_tool.stack_text import load, read_document
from stacking_rules import Document, StackError, parse_document
from stacking_rules.formats import CURRENT as FORMAT
from tests.rules.random_rules import Draw
from tests.rules.test_decisions import FOLDER as CASES
from tests.rules.test_decisions import document_of as case_document
from tests.rules.test_programmes import document_of, names

ROOT = Path(__file__).parents[2]
FILES = (ROOT / "docs" / "example.yaml", ROOT / "demo_lms" / "institution" / "stacks.yaml")


def document(*stacks: dict[str, Any], **declared: Any) -> Document:
    return parse_document({"quoin": FORMAT, **declared, "stacks": list(stacks)})


@lru_cache(maxsize=1)
def written() -> dict[str, Document]:
    """Return the programmes, the cases, the examples, and one document that uses every form."""
    found = {name: document_of(name) for name in names()}
    found |= {path.name: read_document(path.read_text("utf-8")) for path in FILES}
    for path in sorted(CASES.glob("D*.yaml")):
        data, _ = load(path.read_text("utf-8"))
        for case in data["cases"]:
            found |= _case(path.stem[:3], case)
    everything, _ = load((Path(__file__).parent / "everything.yaml").read_text("utf-8"))
    return found | {"everything": parse_document({**everything, "quoin": FORMAT})}


def _case(name: str, case: dict[str, Any]) -> dict[str, Document]:
    try:
        return {f"{name} {case['name']}": case_document(case)}
    except StackError:
        return {}  # a case of what is refused


def drawn(count: int) -> Iterator[Document]:
    """Yield ``count`` documents of one random rule each."""
    for seed in range(count):
        yield document(Draw(seed).stack)
