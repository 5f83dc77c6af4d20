"""quoin match: what a catalogue has for a goal, or for the advertisement of a job."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from lti_tool.cli.common import friendly, read_text
from lti_tool.cli.opening import open_database
from lti_tool.config import Config
from lti_tool.matching import KeptMatchers, Match
from lti_tool.services.match_goal import GoalStack, GoalView, match_goal


@click.command("match")
@click.argument("goal", metavar="TEXT|FILE")
@click.option("--institution", required=True, help="Key of the institution.")
@click.option("--language", default="en", help="Language of a text that does not show its own.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of lines.")
@friendly
def match(goal: str, institution: str, language: str, as_json: bool) -> None:  # noqa: FBT001
    """Show what the catalogue has for a goal, best first, and the least that leads there.

    The goal is a text, or a file with one. Nothing is written.

    Example: quoin match "I want to ask databases questions" --institution harbour
    """
    matchers = KeptMatchers.read(Config.from_environ().match_model)
    matchers.load()
    view = match_goal(
        open_database(),
        matchers,
        institution=institution,
        text=_read(goal),
        language=language,
        now=datetime.now(UTC),
        waits=True,
    )
    click.echo(json.dumps(_as_json(view), ensure_ascii=False) if as_json else _told(view))


def _read(goal: str) -> str:
    """Return the text of a file of this name; otherwise it is the text itself."""
    try:
        is_file = Path(goal).is_file()
    except (OSError, ValueError):
        # Too long for a name, or with characters that none has.
        is_file = False
    return read_text(goal) if is_file else goal


def _as_json(view: GoalView) -> dict[str, Any]:
    return {
        "competencies": [
            {**_match(one.match), "name": one.option.name} for one in view.competencies
        ],
        "stacks": [_stack(one) for one in view.stacks],
        "is_all_read": view.is_all_read,
    }


def _match(found: Match) -> dict[str, Any]:
    return {"key": found.key, "band": found.band.value, "phrases": list(found.phrases)}


def _stack(one: GoalStack) -> dict[str, Any]:
    path = one.path
    return {
        "key": one.view.key,
        "title": one.view.title,
        "band": one.band.value,
        "phrases": list(one.match.phrases) if one.match else [],
        "wanted": list(one.wanted),
        "path": None
        if path is None
        else {
            "take": list(path.take),
            "credits": str(path.credits),
            "workload_hours": None if path.workload is None else str(path.workload),
            "least": path.by,
            "is_proved": path.is_proved,
        },
    }


def _told(view: GoalView) -> str:
    if not view.competencies and not view.stacks:
        return "Nothing in the catalogue fits these words."
    lines = [
        f"{one.match.band}  {one.option.key}  {one.option.name}{_because(one.match)}"
        for one in view.competencies
    ]
    for stack in view.stacks:
        lines.append(f"{stack.band}  stack {stack.view.key}  {stack.view.title}")
        if stack.path:
            lines.append(f"       {', '.join(stack.path.take)}")
    if not view.is_all_read:
        lines.append("The text is long: only its beginning was read.")
    return "\n".join(lines)


def _because(found: Match) -> str:
    return f"  ({'; '.join(found.phrases)})" if found.phrases else ""
