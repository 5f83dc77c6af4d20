"""The editor in Studio: a form, a picker filled from the tool, messages at the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.exceptions import JsonHandlerError
from xblock.utils.studio_editable import FutureFields, StudioEditableXBlockMixin
from xblock.validation import Validation, ValidationMessage

from quoin_xblock.catalogue import Choice
from quoin_xblock.edits import EditError
from quoin_xblock.rendering import read_static, render
from quoin_xblock.transport import ToolAwayError, ToolRefusedError
from quoin_xblock.words import Words, find_words


class FieldMessage(ValidationMessage):
    """A message that stands at a field of the form."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(ValidationMessage.ERROR, text)
        self.field = field

    def to_json(self) -> dict[str, str]:
        """Give the message as JSON."""
        return {**super().to_json(), "field": self.field}


class Editor(StudioEditableXBlockMixin):
    """Adds the editor to a block.

    ``parsers`` gives for each field how what was typed becomes its value (see ``edits``).
    """

    editor_template = ""
    parsers: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    def editor_page(self, words: Words) -> dict[str, Any]:
        """Give what the form shows."""
        raise NotImplementedError

    def studio_view(self, _context: dict[str, Any] | None = None) -> Fragment:
        """Show the form; it asks for the catalogue when it is there."""
        words = find_words(self)
        _ = words.gettext
        page = {"language": words.language, "direction": words.direction, "id": self.element_id}
        page |= {"save": _("Save"), "cancel": _("Cancel"), **self.editor_page(words)}
        fragment = Fragment(render(self.editor_template, page))
        fragment.add_css(read_static("quoin.css"))
        fragment.add_css(read_static("editor.css"))
        fragment.add_javascript(read_static("editor.js"))
        fragment.initialize_js(
            "QuoinEditor",
            {
                "not_listed": _("{key} (not in the catalogue)"),
                "none": _("Choose"),
                "all": _("All stacks"),
                "saved": _("Saved."),
                "failed": _("That did not work. Try again in a moment."),
                "wrong": _("Not saved: see the marked fields."),
            },
        )
        return fragment

    @XBlock.json_handler
    def studio_catalog(self, _data: Any, _suffix: str = "") -> dict[str, Any]:
        """Give what there is to choose from, or say that keys have to be typed."""
        self.require_author()
        words, client = find_words(self), self.client
        if not client.settings.is_connected:
            text = words.gettext("This site is not connected to Quoin. Type the key.")
            return {"is_reachable": False, "said": text}
        try:
            found = client.fetch_catalogue()
        except (ToolAwayError, ToolRefusedError):
            text = words.gettext("Quoin cannot be reached just now. Type the key.")
            return {"is_reachable": False, "said": text}
        return {
            "is_reachable": True,
            "said": "",
            "competencies": _plain(found.competencies),
            "stacks": _plain(found.stacks),
        }

    @XBlock.json_handler
    def submit_studio_edits(self, data: Any, _suffix: str = "") -> dict[str, str]:
        """Save what was typed, all or nothing; 400 with a message for each field that is wrong."""
        self.require_author()
        words = find_words(self)
        typed = data.get("values") if isinstance(data, dict) else None
        if not isinstance(typed, dict):
            raise JsonHandlerError(400, words.gettext("There is nothing to save."))
        validation = Validation(self.scope_ids.usage_id)
        values = self._parse(typed, validation, words)
        self._warm_catalogue()
        self.validate_field_data(validation, FutureFields(values, [], self))
        if not validation:
            raise JsonHandlerError(400, validation.to_json())
        for name, value in values.items():
            setattr(self, name, value)
        return {"result": "success"}

    def _parse(
        self, typed: Mapping[str, Any], validation: Validation, words: Words
    ) -> dict[str, Any]:
        values = {}
        for name, parse in self.parsers.items():
            if name not in typed:
                continue
            try:
                values[name] = parse(typed[name])
            except EditError as error:
                validation.add(FieldMessage(name, words.gettext(str(error))))
        return values

    def _warm_catalogue(self) -> None:
        """Fetch the catalogue for the check that follows; without it any key will do."""
        client = self.client
        if client.settings.is_connected:
            try:
                client.fetch_catalogue()
            except (ToolAwayError, ToolRefusedError):
                return


def _plain(choices: tuple[Choice, ...]) -> list[dict[str, str]]:
    return [{"key": choice.key, "title": choice.title} for choice in choices]
