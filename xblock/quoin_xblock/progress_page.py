"""The panel in words: every stack with what counts, what is missing, and what comes next."""

from __future__ import annotations

from typing import Any

from quoin_xblock.cards import build_details, seen_words
from quoin_xblock.competency_page import note_words
from quoin_xblock.learner import Learner
from quoin_xblock.standing import as_of, stacks_of
from quoin_xblock.words import Words


def build_page(block: Any, learner: Learner, words: Words) -> dict[str, Any]:
    """Give what ``progress.html`` shows ``learner``: what was seen last, with its date."""
    _ = words.gettext
    stacks = stacks_of(block.last_seen, stack=block.stack_id)
    cards = build_details(stacks, block.credential_link, words)
    held = sum(card["is_held"] for card in cards)
    return {
        "title": block.title(words),
        "lead": _lead(held, len(cards), words) if cards else "",
        "empty": "" if cards else _empty(block, learner, words),
        "cards": cards,
        "next_label": _("Next step"),
        "choose_label": _("Choose from"),
        "map_label": _("What counts, and what is missing"),
        "note": note_words(learner, words),
        "seen": seen_words(block.last_seen, learner, words),
        "look": _("Look again") if learner.can_record else "",
        "id": block.element_id,
    }


def _lead(held: int, number: int, words: Words) -> str:
    text = words.ngettext(
        "You hold {held} of {number} award.", "You hold {held} of {number} awards.", number
    )
    return text.format(held=held, number=number)


def _empty(block: Any, learner: Learner, words: Words) -> str:
    if not learner.can_record:
        return words.gettext("Each learner sees here where they stand.")
    if as_of(block.last_seen) is None:
        return words.gettext("Your microcredentials appear here as you meet their competencies.")
    return words.gettext("No award is on offer here yet.")
