"""The editor of ``quoin_competency``, what Studio's page shows of it, and what is refused."""

from __future__ import annotations

from typing import Any, ClassVar

from web_fragments.fragment import Fragment
from xblock.validation import Validation

from quoin_xblock import edits
from quoin_xblock.competency_page import rule_words
from quoin_xblock.editor import Editor, FieldMessage
from quoin_xblock.evidence import Mode
from quoin_xblock.rendering import render
from quoin_xblock.watching import LISTED, SUBSECTION, UNIT, parse_key
from quoin_xblock.words import Words, find_words

SCOPES = (UNIT, SUBSECTION, LISTED)


class CompetencyEditor(Editor):
    """Adds Studio's side to the competency."""

    editor_template = "competency_editor.html"
    parsers: ClassVar = {
        "display_name": edits.parse_name,
        "competency_id": edits.parse_key,
        "stack_id": edits.parse_key,
        "mode": edits.parse_key,
        "watch_scope": edits.parse_key,
        "watched": edits.parse_lines,
        "threshold": edits.parse_percent,
        "checklist": edits.parse_lines,
        "is_scored": edits.parse_bool,
        "weight": edits.parse_weight,
    }
    editable_fields = tuple(parsers)

    def author_view(self, _context: dict[str, Any] | None = None) -> Fragment:
        """Show the course team what is chosen."""
        words = find_words(self)
        _ = words.gettext
        chosen = self.competency_id or _(
            "No competency is chosen yet. Edit this block to choose one."
        )
        page = {"title": self.title(words), "label": _("Competency"), "text": chosen}
        page |= {"rule": rule_words(self, words), "lines": _author_lines(self)}
        return self._fragment(render("author.html", page), words)

    def editor_page(self, words: Words) -> dict[str, Any]:
        """Give what the form shows."""
        return {
            "block": self,
            "percent": f"{self.threshold * 100:.4f}".rstrip("0").rstrip("."),
            "words": _labels(words),
            "modes": _modes(self, words),
            "scopes": _scopes(self, words),
            "watched": "\n".join(self.watched),
            "checklist": "\n".join(self.checklist),
        }

    def validate_field_data(self, validation: Validation, data: Any) -> None:
        """Refuse what cannot work; ``data`` has the fields as they would be.

        The catalogue is asked only if it is known already: Studio validates on every page.
        """
        words = find_words(self)
        for field, text in _problems(self, data, words):
            validation.add(FieldMessage(field, text))


def _problems(block: Any, data: Any, words: Words) -> list[tuple[str, str]]:
    found = _catalogue_problems(block, data, words)
    _ = words.gettext
    checks = (
        (data.mode in list(Mode), "mode", _("Choose how the competency is proved.")),
        (data.watch_scope in SCOPES, "watch_scope", _("Choose what is watched.")),
        (0 <= data.threshold <= 1, "threshold", _("Enter a percentage from 0 to 100.")),
        (
            data.mode != Mode.CHECKLIST or bool(data.checklist),
            "checklist",
            _("Name at least one artefact."),
        ),
    )
    found += [(field, text) for is_good, field, text in checks if not is_good]
    if data.mode in (Mode.WATCHED, Mode.SCORE) and data.watch_scope == LISTED:
        found += _list_problems(block, data.watched, words)
    return found


def _catalogue_problems(block: Any, data: Any, words: Words) -> list[tuple[str, str]]:
    _ = words.gettext
    if not data.competency_id:
        return [("competency_id", _("Choose the competency that this proves."))]
    catalogue = block.client.known_catalogue()
    if catalogue is None:
        return []
    found = []
    if not catalogue.has_competency(data.competency_id):
        text = _("Quoin does not know this competency. Choose another.")
        found.append(("competency_id", text))
    if data.stack_id and not catalogue.has_stack(data.stack_id):
        found.append(("stack_id", _("Quoin does not know this stack. Choose another.")))
    return found


def _list_problems(block: Any, watched: list[str], words: Words) -> list[tuple[str, str]]:
    if not watched:
        return [("watched", words.gettext("List at least one part of the course."))]
    for text in watched:
        try:
            parse_key(block, text)
        except Exception:  # noqa: BLE001  (opaque keys of each platform have errors of their own)
            message = words.gettext(
                "{key} is not a usage key. Copy it from the part's page in Studio."
            )
            return [("watched", message.format(key=text))]
    return []


def _author_lines(block: Any) -> list[str]:
    if block.mode == Mode.CHECKLIST:
        return list(block.checklist)
    if block.mode in (Mode.WATCHED, Mode.SCORE) and block.watch_scope == LISTED:
        return list(block.watched)
    return []


def _labels(words: Words) -> dict[str, str]:
    _ = words.gettext
    return {
        "display_name": _("Heading"),
        "competency_id": _("Competency"),
        "competency_hint": _("What a learner has shown when this is met."),
        "stack_id": _("Stack to show"),
        "stack_hint": _("Empty: every stack that asks for this competency."),
        "mode": _("How it is proved"),
        "watch_scope": _("What is watched"),
        "watched": _("Usage keys, one a line"),
        "threshold": _("Score at least, in percent"),
        "checklist": _("Artefacts, one a line"),
        "checklist_hint": _("A learner hands in a link for each, and all of them prove it."),
        "is_scored": _("Count it in the gradebook"),
        "weight": _("Points"),
    }


def _modes(block: Any, words: Words) -> list[dict[str, Any]]:
    _ = words.gettext
    texts = {
        Mode.WATCHED: (_("Completion"), _("Everything that is watched is complete.")),
        Mode.SCORE: (_("Score"), _("The average score of what is watched is high enough.")),
        Mode.CHECKLIST: (_("Checklist"), _("Every named artefact is handed in as a link.")),
        Mode.ATTESTATION: (_("Attestation"), _("A member of the course team says so.")),
    }
    return [_choice(str(m), texts[m][0], texts[m][1], chosen=block.mode) for m in Mode]


def _scopes(block: Any, words: Words) -> list[dict[str, Any]]:
    _ = words.gettext
    texts = {
        UNIT: _("Everything else in this unit"),
        SUBSECTION: _("Everything else in this subsection"),
        LISTED: _("The parts that are listed"),
    }
    return [_choice(scope, texts[scope], "", chosen=block.watch_scope) for scope in SCOPES]


def _choice(value: str, label: str, hint: str, *, chosen: str) -> dict[str, Any]:
    return {"value": value, "label": label, "hint": hint, "is_chosen": value == chosen}
