"""The block ``quoin_progress``: where a learner stands in one stack or in all; records nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from xblock.completable import XBlockCompletionMode
from xblock.core import XBlock
from xblock.fields import Scope, String

from quoin_xblock import progress_page, scenarios
from quoin_xblock.base import QuoinBlock, say_look
from quoin_xblock.learner import Learner
from quoin_xblock.looking import look_again
from quoin_xblock.progress_editor import ProgressEditor
from quoin_xblock.rest import json_answer
from quoin_xblock.words import Words, find_words


class ProgressBlock(ProgressEditor, QuoinBlock):
    """A panel to read: what counts, what is missing, the next step, what expires."""

    template = "progress.html"
    has_score = False
    # Nothing can be done here, so that no unit waits for it.
    completion_mode = XBlockCompletionMode.EXCLUDED

    display_name = String(scope=Scope.settings, default="My microcredentials")
    stack_id = String(scope=Scope.settings, default="", help="Stack to show; all when empty")

    def page(self, learner: Learner, words: Words) -> dict[str, Any]:
        """Give what the template shows."""
        return progress_page.build_page(self, learner, words)

    @XBlock.json_handler
    def refresh(self, data: Any, _suffix: str = "") -> dict[str, Any]:
        """Ask the tool where the learner stands."""
        learner = self.require_learner()
        if not learner.can_record:
            return self.answer(learner, "")
        is_new = isinstance(data, dict) and data.get("is_new") is True
        look = look_again(self, self.client, now=datetime.now(UTC), is_new=is_new)
        return self.answer(learner, say_look(look, find_words(self)), look=look)

    def student_view_data(self, _context: Any = None) -> dict[str, Any]:
        """Give what an app of the platform shows to every learner alike."""
        return {"display_name": self.display_name, "stack": self.stack_id or None}

    @XBlock.handler
    def student_view_user_state(self, _request: Any, _suffix: str = "") -> Any:
        """Give what an app of the platform shows to this learner."""
        return json_answer({"last_seen": self.last_seen})

    def index_dictionary(self) -> dict[str, Any]:
        """Give the words by which a search in the course finds the block."""
        found: dict[str, Any] = super().index_dictionary()
        content = {"display_name": self.display_name}
        return {**found, "content": content, "content_type": "Microcredentials"}

    @staticmethod
    def workbench_scenarios() -> list[tuple[str, str]]:
        """Give a course to try for each state."""
        return scenarios.PROGRESS
