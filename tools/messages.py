"""Collect every marked message, bring the catalogues up to date, compile them: ``make messages``.

``--check`` writes nothing and ends with 1 where a catalogue is not what the source asks for.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "lti_tool" / "translations"
TRANSLATED = ("de", "es", "ar")
FIRST_DAY = datetime(2026, 11, 30, tzinfo=UTC)
PAGES_IN_ENGLISH = (
    "web/templates/accessibility.html",
    "web/templates/admin_*.html",
    "web/templates/privacy.html",
    "web/templates/regist*.html",
    "web/templates/invitation.html",
    "web/admin/**.py",
    "web/issuers.py",
    "web/privacy.py",
    "web/registration*.py",
    "web/wallet_exchanges.py",
)
"""Pages of administrators, and documents for machines."""

ROOMS_IN_ENGLISH = (
    *("administering", "backup_format", "branding", "example_words", "excepting", "signatures"),
    *("api", "cli", "issuing", "lti", "migrations", "translating", "wallet_protocols"),
    *("credentials/canonical", "credentials/clr", "credentials/contexts", "credentials/texts"),
    *("credentials/data_integrity", "credentials/endorsement", "credentials/multikey"),
    *("credentials/recognition/png", "credentials/recognition/svg", "persistence/alignments"),
    *("persistence/endorsements", "persistence/equivalencies", "persistence/frameworks"),
    *("persistence/status_lists", "services/compromise_key", "services/correct_credential"),
    *("services/*administrator*", "services/*health*", "services/*institution*"),
    *("services/back_up", "services/restore_backup", "services/begin_provider_sign_in"),
    *("services/change_brand", "services/change_language", "services/set_definitions"),
    "services/start_simulation",
    *("services/set_sign_in_provider", "services/show_brand"),
    *("services/add_*", "services/admit*", "services/agree*", "services/unalign*"),
    *("services/change_linkedin", "services/change_platform", "services/change_status"),
    *("services/decline*", "services/distrust*", "services/end_*", "services/exchange*"),
    *("services/import_platforms", "services/invite*", "services/issue*", "services/receive*"),
    *("services/regist*", "services/reissue*", "services/retire*", "services/sign_in*"),
    *(
        "gathering/opening",
        "services/show_credential_offer",
        "services/show_rule",
        "services/show_wallet_issuer",
    ),
)
"""Use cases of administrators and of machines, and what stands below them."""

ROOMS_FOR_PEOPLE = ("lti/platforms/openedx.py", "lti/platforms/quirks.py")
"""Inside rooms in English: what instructors read of their platform."""

METHODS = [
    *((name, "tools.messages:extract_python") for name in ROOMS_FOR_PEOPLE),
    *((name, "ignore") for name in PAGES_IN_ENGLISH),
    *((f"{name}.py", "ignore") for name in ROOMS_IN_ENGLISH),
    *((f"{name}/**.py", "ignore") for name in ROOMS_IN_ENGLISH),
    ("web/templates/**.html", "jinja2.ext.babel_extract"),
    ("**.py", "tools.messages:extract_python"),
]
OPTIONS = {
    "web/templates/**.html": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "silent": "false",
    }
}
ERRORS = {"ConflictError", "ForbiddenError", "InvalidInputError", "NotFoundError"}
"""Errors that people read: what is said is translated where it is shown."""

Found = tuple[int, str, Any, list[str]]


def extract_python(
    fileobj: IO[bytes],
    keywords: Any,  # noqa: ARG001 - what Babel gives
    comment_tags: Any,  # noqa: ARG001
    options: Any,  # noqa: ARG001
) -> Iterator[Found]:
    """Yield the messages of a Python file, for Babel: calls of ``_`` and its kin, and errors."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call):
            name = str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))
            for found in _said(name, node):
                yield (node.lineno, *found, [])


def _said(name: str, call: ast.Call) -> Iterator[tuple[str, Any]]:
    texts = [text for arg in call.args if (text := _text(arg)) is not None]
    if name in ("marked", "Words"):
        yield from (("_", text) for text in _all_texts(call))
    elif name in ("ngettext", "pgettext"):
        if len(texts) > 1:
            yield name, tuple(texts[:2])
    elif (name == "_" or name in ERRORS) and texts and texts[0]:
        yield "_", texts[0]


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _all_texts(call: ast.Call) -> Iterator[str]:
    """Yield every text inside a call; of tables the values, not the keys, and no codes."""
    keys = {
        part
        for node in ast.walk(call)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if key is not None
        for part in ast.walk(key)
    }
    codes = {
        part
        for node in ast.walk(call)
        if isinstance(node, ast.Tuple)
        for part in node.elts
        if re.fullmatch("[a-z-]+", _text(part) or "")
    }
    for node in ast.walk(call):
        text = _text(node)
        if text and node not in keys and node not in codes:
            yield text


def collect() -> Catalog:
    """Return all messages of the source."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(
        ROOT / "lti_tool",
        method_map=METHODS,
        options_map=OPTIONS,
        keywords={"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)},
    )
    for filename, _line, message, comments, context in found:
        place = [(f"lti_tool/{filename}", 0)]
        catalogue.add(message, None, place, auto_comments=comments, context=context)
    return catalogue


def updated(code: str, source: Catalog) -> Catalog:
    """Return the catalogue of a language with exactly the messages of the source."""
    path = po_path(code)
    catalogue = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code)
    catalogue.update(source, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    catalogue.header_comment = "# Quoin's pages: docs/translating.md says how words are chosen."
    catalogue.project, catalogue.version = "Quoin", "1"
    # A day that does not move: the same source gives the same file.
    catalogue.creation_date = catalogue.revision_date = FIRST_DAY
    catalogue.last_translator, catalogue.language_team = "Quoin", f"{code}"
    catalogue.msgid_bugs_address, catalogue.copyright_holder = "", "Quoin"
    return catalogue


def po_path(code: str) -> Path:
    """Return where the words of a language stand."""
    return FOLDER / code / "LC_MESSAGES" / "quoin.po"


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as text, without line numbers: they would change with every edit."""
    file = BytesIO()
    write_po(file, catalogue, width=100, include_lineno=False, sort_by_file=True)
    return file.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as the running tool reads it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main(arguments: list[str]) -> int:
    """Bring all catalogues up to date, or check that they are; return the exit code."""
    source, code = collect(), 0
    for name in TRANSLATED:
        catalogue = updated(name, source)
        missing = sum(not complete(message) for message in catalogue if message.id)
        print(f"{name}: {len(catalogue)} messages, {missing} without words")
        for path, data in (
            (po_path(name), po_bytes(catalogue)),
            (po_path(name).with_suffix(".mo"), mo_bytes(catalogue)),
        ):
            if "--check" in arguments:
                code |= not path.exists() or path.read_bytes() != data
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return code


def complete(message: Any) -> bool:
    """Return whether a message has all its words."""
    words = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return all(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
