"""quoin rules check, explain, plan and verify-receipt on files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from lti_tool.stack_text import read_document, read_record
from stacking_rules import roll_up
from tests.cli.conftest import Quoin

STACKS = """\
quoin: 2
achievements:
  sql: {credits: 4}
  r: {credits: 4}
  go: {credits: 4}
stacks:
- key: degree
  title: Degree
  requires:
    credits: 12
    caps: [{id: transfer, rule: R5, at_most: {credits: 4}, where: {transferred: true}}]
"""
RECORD = """\
completions:
- {id: c1, achievement: sql, on: 2026-03-01, attributes: {transferred: true}}
- {id: c2, achievement: r, on: 2026-03-02, attributes: {transferred: true}}
- {id: c3, achievement: go, on: 2026-03-03, attributes: {transferred: false}}
"""
CATALOGUE = """\
- {id: dear, achievement: c, credits: 4, cost: 90, attributes: {transferred: false}}
- {id: cheap, achievement: d, credits: 4, cost: 60, attributes: {transferred: false}}
- {id: useless, achievement: e, credits: 4, cost: 1, attributes: {transferred: true}}
"""
ASKED = ("--as-of", "2026-06-30")


def write() -> None:
    Path("stacks.yaml").write_text(STACKS)
    Path("ada.yaml").write_text(RECORD)
    Path("catalogue.yaml").write_text(CATALOGUE)


def test_no_is_explained_by_what_would_have_to_give_way(quoin: Quoin) -> None:
    write()
    said = quoin("rules", "explain", "stacks.yaml", "ada.yaml", *ASKED).output
    assert "Degree is not met yet." in said
    assert "8 of 12 credits" in said
    assert "The least that would have to give way: /transfer." in said
    printed = quoin("rules", "explain", "stacks.yaml", "ada.yaml", "--json", *ASKED).output
    certificate = json.loads(printed)["certificate"]
    assert certificate["rules"] == ["R5"]
    assert set(certificate["together"]) == {"/", "/transfer"}
    assert set(certificate["could_serve"]) == {"c1", "c2", "c3"}


def test_the_cheapest_way_is_found_and_what_does_not_help_is_left_out(quoin: Quoin) -> None:
    write()
    files = ("stacks.yaml", "ada.yaml", "catalogue.yaml")
    answer = json.loads(quoin("rules", "plan", *files, "--json", *ASKED).output)
    assert answer["is_proved"]
    assert [(way["cost"], way["take"]) for way in answer["ways"]] == [("60", ["cheap"])]


def test_a_plan_may_save_hours_money_or_time(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(
        "quoin: 2\nstacks: [{key: s, requires: {items: 1, of: [a, b, c]}}]"
    )
    Path("ada.yaml").write_text("completions: []")
    Path("catalogue.yaml").write_text(
        "- {id: quick, achievement: a, on: 2026-09-01, workload: 60, fee: 300}\n"
        "- {id: free, achievement: b, on: 2026-12-01, workload: 90, fee: 0}\n"
        "- {id: light, achievement: c, on: 2026-12-01, workload: 25, fee: 200}\n"
    )
    files = ("stacks.yaml", "ada.yaml", "catalogue.yaml", *ASKED)
    best = {by: quoin("rules", "plan", *files, "--by", by).output for by in ("workload", "fee")}
    assert best == {"workload": "25: light\n", "fee": "0: free\n"}
    answer = json.loads(quoin("rules", "plan", *files, "--by", "calendar", "--json").output)
    assert answer["ways"] == [
        {"take": ["quick"], "cost": "1", "workload": "60", "fee": "300", "on": "2026-09-01"}
    ]


def test_what_is_wrong_in_a_catalogue_is_named_by_its_place(quoin: Quoin) -> None:
    write()
    Path("catalogue.yaml").write_text("- {achievement: a, fee: -1}\n")
    files = ("stacks.yaml", "ada.yaml", "catalogue.yaml")
    refused = quoin("rules", "plan", *files, *ASKED, code=1).output
    assert "catalogue.yaml:1:20: /0/fee: The number must be between 0 and 1000000." in refused


def test_a_receipt_is_checked_without_the_learner(quoin: Quoin) -> None:
    write()
    document = read_document(STACKS)
    record = read_record(RECORD.replace("{transferred: true}", "{transferred: false}"))
    record = read_record(
        RECORD.replace("{transferred: true}", "{transferred: false}"), document.definitions
    )
    now = datetime(2026, 6, 30, tzinfo=UTC)
    (made,) = roll_up(document.stacks, record, as_of=date(2026, 6, 30), known_on=now).new_awards
    Path("receipt.json").write_text(json.dumps(made.receipt))
    assert "holds" in quoin("rules", "verify-receipt", "stacks.yaml", "receipt.json").output
    forged = json.loads(json.dumps(made.receipt))
    forged["counted"][0]["attributes"]["transferred"] = [True]
    forged["counted"][1]["attributes"]["transferred"] = [True]
    Path("receipt.json").write_text(json.dumps(forged))
    failed = quoin("rules", "verify-receipt", "stacks.yaml", "receipt.json", "--json", code=1)
    assert json.loads(failed.output)["problems"] == [{"code": "not-met", "about": "/"}]


def test_check_prints_place_code_and_message_and_fails_on_errors_only(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(STACKS.replace("credits: 12", "items: 1\n    of: [sql, rust]"))
    said = quoin("rules", "check", "stacks.yaml", code=1).output
    assert "stacks.yaml:11:15: unknown-achievement: degree/: 'rust' is not among" in said
    Path("stacks.yaml").write_text(
        STACKS.replace("    credits: 12", "    completed: sql").split("    caps")[0]
    )
    assert "warning-first-step" in quoin("rules", "check", "stacks.yaml").output


def test_what_differs_is_said_by_address(quoin: Quoin) -> None:
    write()
    Path("new.yaml").write_text(STACKS.replace("credits: 12", "credits: 16"))
    said = quoin("rules", "diff", "stacks.yaml", "new.yaml", code=1).output
    assert said == "/: need is raised from 12 to 16.\n"
    assert quoin("rules", "diff", "stacks.yaml", "stacks.yaml").output == ""
