"""One use case is one transaction: what a kill in the middle of most of them comes down to."""

from __future__ import annotations

import ast
from pathlib import Path

import lti_tool.services

SEVERAL = {
    "accept_launch": "a login that is refused is used up, too: one or the other",
    "add_passkey": "a challenge is used up first",
    "change_column": "the platform is asked in between",
    "end_sessions": "two use cases of a transaction each",
    "enforce_retention": "portion by portion, then the line of the audit trail",
    "enter_sign_in_code": "an attempt is counted first",
    "finish_provider_sign_in": "an attempt is used up first",
    "import_oulad": "chunk by chunk",
    "issue_credentials": "signing waits in no transaction",
    "make_mapping": "the source is asked in between",
    "check_evidence_source": "the source is asked in between",
    "read_evidence": "page by page",
    "issue_endorsement": "signing waits in no transaction",
    "issue_transcript": "signing waits in no transaction",
    "recheck_credentials": "others are asked in between",
    "send_news_mails": "a mail is sent in between",
    "send_score": "the platform is asked in between",
    "send_sign_in_mails": "a mail is sent in between",
    "share_keysets": "a cache",
    "sync_roster": "page by page",
    "use_passkey": "a challenge is used up first",
}
"""Use cases with several, and why; those that touch the ledger are killed in test_kills."""


def test_every_use_case_is_one_transaction_or_says_why_not() -> None:
    folder = Path(str(lti_tool.services.__file__)).parent
    counts = {file.stem: _transactions(file) for file in sorted(folder.glob("*.py"))}
    assert {name for name, count in counts.items() if count > 1} == set(SEVERAL)
    assert sum(count == 1 for count in counts.values()) > 100


def _transactions(file: Path) -> int:
    """Count the places in a file that open a transaction which writes."""
    return sum(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("writing", "committing")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
    )
