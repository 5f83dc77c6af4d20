"""What both blocks share: settings, words, the learner, and a page that is filled on the server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from web_fragments.fragment import Fragment
from webob import Response
from xblock.core import XBlock
from xblock.exceptions import JsonHandlerError
from xblock.fields import Dict, Scope, UserScope
from xblock.utils.settings import XBlockWithSettingsMixin

from quoin_xblock import compat
from quoin_xblock.client import Client
from quoin_xblock.credential import hand_out
from quoin_xblock.learner import Learner, find_subject, read_learner
from quoin_xblock.looking import Look
from quoin_xblock.rendering import read_static, render
from quoin_xblock.settings import BLOCK_SETTINGS_KEY, Settings, read_settings
from quoin_xblock.standing import as_of
from quoin_xblock.words import Words, find_words

FRESH = 600
"""Seconds for which the page does not look again by itself."""


@XBlock.needs("i18n")
@XBlock.wants("user", "settings", "completion")
class QuoinBlock(XBlockWithSettingsMixin, XBlock):
    """Base of the two blocks; ``template`` is the file that shows one."""

    block_settings_key = BLOCK_SETTINGS_KEY
    has_author_view = True
    template = ""

    last_seen = Dict(scope=Scope.user_state, default={})

    def page(self, learner: Learner, words: Words) -> dict[str, Any]:
        """Give what the template shows ``learner``; calls nobody over the network."""
        raise NotImplementedError

    @property
    def settings(self) -> Settings:
        """What the operator set."""
        return read_settings(self)

    @property
    def client(self) -> Client:
        """The tool."""
        return Client(self.settings, compat.find_cache())

    @XBlock.supports("multi_device")
    def student_view(self, _context: dict[str, Any] | None = None) -> Fragment:
        """Show the learner what is known, at once: the page itself looks again later."""
        learner, words = read_learner(self), find_words(self)
        if learner.is_anonymous:
            return self.public_view(_context)
        fragment = self._fragment(self.show(learner, words), words)
        fragment.add_javascript(read_static("quoin.js"))
        fragment.initialize_js("QuoinBlock", self.script_arguments(learner, words))
        return fragment

    def public_view(self, _context: dict[str, Any] | None = None) -> Fragment:
        """Show visitors what this is, and that it begins with signing in."""
        words = find_words(self)
        text = words.gettext("Sign in and enrol to see your progress here.")
        page = {"title": self.title(words), "text": text}
        return self._fragment(render("hint.html", page), words)

    @property
    def element_id(self) -> str:
        """Give an id for the page that no other block on it has."""
        return f"quoin-{crc32(str(self.scope_ids.usage_id).encode()):08x}"

    def show(self, learner: Learner, words: Words) -> str:
        """Give the inside of the page."""
        return render(self.template, self.page(learner, words))

    def title(self, words: Words) -> str:
        """Give the heading of the block."""
        return str(self.display_name or words.gettext("Microcredentials"))

    def script_arguments(self, learner: Learner, words: Words) -> dict[str, Any]:
        """Give what the page's script has to know; its words come with it."""
        seen = as_of(self.last_seen)
        is_fresh = seen is not None and (datetime.now(UTC) - seen).total_seconds() < FRESH
        return {
            "records": False,
            "looks": learner.can_record and not is_fresh,
            "failed": words.gettext("That did not work. Try again in a moment."),
        }

    def answer(self, learner: Learner, said: str, **more: Any) -> dict[str, Any]:
        """Give the answer of a handler: the page anew, and what is said aloud."""
        return {"html": self.show(learner, find_words(self)), "said": said, **more}

    def credential_link(self, award: str) -> str:
        """Give the address in this LMS at which the learner gets the credential of an award."""
        return str(self.runtime.handler_url(self, "credential", award))

    @XBlock.handler
    def credential(self, _request: Any, suffix: str = "") -> Response:
        """Hand the learner the signed credential of an award, which the tool gives for them."""
        subject = find_subject(self) if read_learner(self).can_record else ""
        return hand_out(self.client, subject, suffix, find_words(self))

    def require_learner(self) -> Learner:
        """Give the learner; 403 for people without a name."""
        learner = read_learner(self)
        if learner.is_anonymous:
            raise JsonHandlerError(403, find_words(self).gettext("Sign in first."))
        return learner

    def require_author(self) -> None:
        """Let the course team through; 403 for everybody else."""
        if not (compat.is_studio() or read_learner(self).is_staff):
            raise JsonHandlerError(403, find_words(self).gettext("This is for the course team."))

    def add_xml_to_node(self, node: Any) -> None:
        """Export what the course team decided, and nothing of a learner, whoever exports."""
        super().add_xml_to_node(node)
        for name, field in self.fields.items():
            # The scopes of children and parent are of no kind at all.
            if getattr(field.scope, "user", UserScope.NONE) is not UserScope.NONE:
                node.attrib.pop(name, None)

    def _fragment(self, html: str, words: Words) -> Fragment:
        frame = {"html": html, "language": words.language, "direction": words.direction}
        fragment = Fragment(render("frame.html", frame))
        fragment.add_css(read_static("quoin.css"))
        return fragment


def say_look(look: Look, words: Words) -> str:
    """Say what came of a look at the tool, in a sentence for the learner."""
    _ = words.gettext
    return {
        Look.SEEN: _("Your progress is up to date."),
        Look.AWAY: _("Quoin cannot be reached just now. What was seen last stays here."),
        Look.NOT_LINKED: _("You are not linked to Quoin yet. Your course team can help."),
        Look.NOT_CONNECTED: _("This site is not connected to Quoin yet."),
    }[look]
