"""The next steps in words."""

from __future__ import annotations

from typing import Any

from quoin_xblock.standing import Step
from quoin_xblock.words import Words


def step_words(step: Step, words: Words) -> dict[str, Any]:
    """Say one step: a sentence, and what there is to choose from where that is more than one."""
    options = [option for option in step["options"] if option]
    if len(options) == 1:
        return {"words": _one(step, options[0], words), "options": []}
    return {"words": _many(step, words), "options": options}


def _one(step: Step, name: str, words: Words) -> str:
    _ = words.gettext
    text = {
        "earn": _("Earn {name}."),
        "improve": _("Bring your grade in {name} to {grade}."),
        "attest": _("Have {name} attested."),
    }.get(step["kind"])
    if text is None:
        graded = _("Complete {name} with a grade of {grade} or better.")
        text = graded if step["grade"] else _("Complete {name}.")
    return text.format(name=name, grade=step["grade"])


def _many(step: Step, words: Words) -> str:
    _ = words.gettext
    if step["kind"] in ("credits", "points") and step["amount"]:
        of_these = _("Collect {amount} more credits from these.")
        text = of_these if step["kind"] == "credits" else _("Collect {amount} more points.")
        return text.format(amount=step["amount"])
    if step["kind"] in ("complete-any", "items") and step["options"]:
        count = max(step["count"], 1)
        text = words.ngettext("Complete {count} of these.", "Complete {count} of these.", count)
        return text.format(count=count)
    if step["options"]:
        return _("Complete these.")
    return _("Something is missing that only your institution can change.")
