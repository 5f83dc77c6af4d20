"""quoin rules check: lines, remarks, facts, and what it costs to start."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import click

import lti_tool.cli
from lti_tool.cli import main
from lti_tool.cli.rules import rules
from tests.cli.conftest import Quoin

PROGRAMMES = sorted((Path(__file__).parent.parent / "rules" / "programmes").glob("*.yaml"))
TEXT = """\
quoin: 2
achievements: {a: {credits: 3}, b: {credits: 3}, c: {credits: 4}}
stacks:
- key: small
  requires:
    all:
    - {id: more, credits: 7, of: [a, b]}
    - {id: no, none: [c]}
- key: large
  requires: {all: [{award: larg}, {id: two, items: 2, of: [a, b, c]}]}
"""


def test_findings_stand_at_their_own_lines(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(TEXT)
    assert quoin("rules", "check", "stacks.yaml", code=1).output == (
        "stacks.yaml:7:7: unsatisfiable: small/more: The options listed give 6 credits at most, "
        "and 7 are asked for.\n"
    )


def test_remarks_and_facts_are_printed_when_they_are_asked_for(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(TEXT.replace("credits: 7", "credits: 6"))
    assert quoin("rules", "check", "stacks.yaml").output == ""
    lines = quoin("rules", "check", "--facts", "stacks.yaml").output.splitlines()
    assert any(line.startswith("stacks.yaml:8:7: info-non-monotone: small/no:") for line in lines)
    assert "stacks.yaml:4:3: fact-credits: small: Who just qualifies has 6 credits." in lines
    assert (
        "stacks.yaml:9:3: fact-ways: large: There are 3 smallest sets of options that qualify."
        in (lines)
    )


def test_as_json_every_line_is_an_object(quoin: Quoin) -> None:
    Path("stacks.yaml").write_text(TEXT)
    (found,) = json.loads(quoin("rules", "check", "--json", "stacks.yaml", code=1).output)
    assert (found["line"], found["column"], found["severity"]) == (7, 7, "error")
    assert (found["code"], found["at"]) == ("unsatisfiable", "small/more")


def test_a_circle_of_awards_stands_where_its_first_stack_begins(quoin: Quoin) -> None:
    circle = TEXT.replace("credits: 7", "credits: 6").replace("{award: larg}", "{award: small}")
    Path("stacks.yaml").write_text(circle.replace("none: [c]", "award: large"))
    said = quoin("rules", "check", "stacks.yaml", code=1).output
    assert said.startswith("stacks.yaml:4:3: circular: small: These awards need each other: small")


def test_the_programmes_have_no_errors_and_only_warnings_that_are_right(quoin: Quoin) -> None:
    said = quoin("rules", "check", *map(str, PROGRAMMES)).output.splitlines()
    assert [tuple(line.rpartition("/programmes/")[2].split(": ")[:3]) for line in said] == [
        ("P03-mitx-dedp.yaml:13:3", "warning-first-step", "micro-pass/"),
        (
            "P10-hku-space.yaml:18:9",
            "warning-printed-number",
            "certificate-professional-practice/credits/category",
        ),
        (
            "P10-hku-space.yaml:19:9",
            "warning-printed-number",
            "certificate-professional-practice/credits/level",
        ),
    ]


def test_a_check_starts_without_database_and_web() -> None:
    code = (
        "import sys; from lti_tool.cli import main; "
        f"main(['rules', 'check', {str(PROGRAMMES[0])!r}], standalone_mode=False); "
        "print([m for m in ('sqlalchemy', 'flask', 'requests', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_every_command_that_a_module_has_is_listed() -> None:
    for module in iter_modules(lti_tool.cli.__path__):
        if module.name != "__main__":
            import_module(f"lti_tool.cli.{module.name}")
    for group in (main, rules):
        context = click.Context(group)
        known = {name: group.get_command(context, name) for name in group.list_commands(context)}
        assert all(isinstance(command, click.Command) for command in known.values())
        assert {name: known.get(name) for name in group.commands} == group.commands
        assert group.get_command(context, "nothing") is None
