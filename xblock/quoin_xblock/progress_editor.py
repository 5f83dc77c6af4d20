"""The editor of ``quoin_progress``, and what Studio's page shows of it."""

from __future__ import annotations

from typing import Any, ClassVar

from web_fragments.fragment import Fragment
from xblock.validation import Validation

from quoin_xblock import edits
from quoin_xblock.editor import Editor, FieldMessage
from quoin_xblock.rendering import render
from quoin_xblock.words import Words, find_words


class ProgressEditor(Editor):
    """Adds Studio's side to the panel."""

    editor_template = "progress_editor.html"
    parsers: ClassVar = {"display_name": edits.parse_name, "stack_id": edits.parse_key}
    editable_fields = tuple(parsers)

    def author_view(self, _context: dict[str, Any] | None = None) -> Fragment:
        """Show the course team what is chosen."""
        words = find_words(self)
        _ = words.gettext
        text = self.stack_id or _("All stacks")
        rule = _("Each learner sees here where they stand.")
        page = {"title": self.title(words), "label": _("Progress"), "text": text, "rule": rule}
        return self._fragment(render("author.html", page), words)

    def editor_page(self, words: Words) -> dict[str, Any]:
        """Give what the form shows."""
        _ = words.gettext
        labels = {
            "display_name": _("Heading"),
            "stack_id": _("Stack to show"),
            "stack_hint": _("Empty: all stacks of the institution."),
        }
        return {"block": self, "words": labels}

    def validate_field_data(self, validation: Validation, data: Any) -> None:
        """Refuse a stack that Quoin is known not to have; asks nobody."""
        catalogue = self.client.known_catalogue()
        if data.stack_id and catalogue is not None and not catalogue.has_stack(data.stack_id):
            text = find_words(self).gettext("Quoin does not know this stack. Choose another.")
            validation.add(FieldMessage("stack_id", text))
