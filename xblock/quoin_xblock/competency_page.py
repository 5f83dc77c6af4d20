"""The page of one competency in words: its state, what is missing, what it counts toward."""

from __future__ import annotations

from typing import Any

from quoin_xblock.cards import build_cards, seen_words
from quoin_xblock.evidence import Mode
from quoin_xblock.learner import Learner
from quoin_xblock.rendering import icon
from quoin_xblock.standing import stacks_of
from quoin_xblock.watching import LISTED, SUBSECTION
from quoin_xblock.words import Words


def build_page(block: Any, learner: Learner, words: Words) -> dict[str, Any]:
    """Give what ``competency.html`` shows ``learner``: words and numbers that are known already."""
    _ = words.gettext
    found = block.found
    need, have = int(found.get("need", 0)), int(found.get("have", 0))
    stacks = stacks_of(block.last_seen, stack=block.stack_id, competency=block.competency_id)
    return {
        "title": block.title(words),
        "label": _("Competency"),
        "kind": _kind(block),
        "icon": icon(_kind(block)),
        "state": _state(block, words),
        "rule": rule_words(block, words),
        "bar": None if block.is_met or not need else _bar(have, need, words),
        "missing_label": _("Still missing"),
        "missing": [] if block.is_met else _missing(block),
        "score": _score(block, words),
        "artefacts": _artefacts(block, learner),
        "artefact_words": {
            "label": _("Link to it"),
            "button": _("Hand in"),
            "in": _("Handed in"),
            "open": _("Missing"),
        },
        "attest": _attest(block, learner, words),
        "note": note_words(learner, words),
        "stacks_label": _("What it counts toward"),
        "cards": build_cards(stacks, block.credential_link, words),
        "next_label": _("Next step"),
        "seen": seen_words(block.last_seen, learner, words),
        "look": _("Look again") if learner.can_record else "",
        "id": block.element_id,
    }


def rule_words(block: Any, words: Words) -> str:
    """Say how the competency is proved."""
    _ = words.gettext
    if block.mode == Mode.CHECKLIST:
        return _("Hand in each of these; that proves it.")
    if block.mode == Mode.ATTESTATION:
        return _("The course team attests it.")
    where = {SUBSECTION: _("this subsection"), LISTED: _("the chosen parts of the course")}.get(
        block.watch_scope, _("this unit")
    )
    if block.mode == Mode.SCORE:
        percent = f"{block.threshold * 100:.2f}".rstrip("0").rstrip(".")
        text = _("Reach {percent} % on average in {where}.")
        return text.format(percent=percent, where=where)
    return _("Complete everything in {where}.").format(where=where)


def note_words(learner: Learner, words: Words) -> str:
    """Say why nothing is recorded, where that is so."""
    if learner.is_masquerading:
        return words.gettext("You view the course as somebody else. Nothing is recorded.")
    if learner.is_staff:
        return words.gettext("You view this as course team. Nothing is recorded of you.")
    return ""


def _kind(block: Any) -> str:
    if not block.is_met:
        return "open"
    return "waiting" if block.outbox else "met"


def _state(block: Any, words: Words) -> str:
    if not block.competency_id:
        return words.gettext("The course team has not chosen a competency yet.")
    if not block.is_met:
        return words.gettext("Not yet recorded")
    day = words.day(block.achieved_at)
    if block.outbox:
        text = words.gettext("Met on {day}. It is kept here until Quoin can be reached.")
        return text.format(day=day)
    return words.gettext("Recorded on {day}").format(day=day)


def _bar(have: int, need: int, words: Words) -> dict[str, Any]:
    text = words.ngettext("{have} of {need} part", "{have} of {need} parts", need)
    segments = need if 2 <= need <= 12 else 0
    return {
        "have": have,
        "need": need,
        "segments": segments,
        "words": text.format(have=have, need=need),
    }


def _missing(block: Any) -> list[str]:
    if block.mode in (Mode.CHECKLIST, Mode.ATTESTATION):
        return []
    return list(block.found.get("missing", ()))


def _score(block: Any, words: Words) -> str:
    score = block.found.get("score")
    if score is None or block.mode != Mode.SCORE:
        return ""
    return words.gettext("So far: {percent} %").format(percent=round(score * 100))


def _artefacts(block: Any, learner: Learner) -> list[dict[str, Any]]:
    if block.mode != Mode.CHECKLIST:
        return []
    can = learner.can_record and not block.is_met
    return [
        {
            "name": name,
            "link": (link := block.handed_in.get(name, "")),
            "icon": icon("met" if link else "open"),
            "can_hand_in": can,
        }
        for name in block.checklist
    ]


def _attest(block: Any, learner: Learner, words: Words) -> dict[str, str] | None:
    if block.mode != Mode.ATTESTATION or not learner.is_staff or learner.is_masquerading:
        return None
    return {
        "label": words.gettext("Username of the learner who has met it"),
        "button": words.gettext("Attest"),
        "count": words.ngettext(
            "{number} learner attested so far",
            "{number} learners attested so far",
            len(block.attested),
        ).format(number=len(block.attested)),
    }
