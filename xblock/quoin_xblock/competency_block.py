"""The block ``quoin_competency``: records that a learner met a competency, where it is learnt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from xblock.completable import CompletableXBlockMixin
from xblock.core import XBlock
from xblock.exceptions import JsonHandlerError
from xblock.scorable import ScorableXBlockMixin, Score

from quoin_xblock import attesting, competency_page, recording, scenarios
from quoin_xblock.base import QuoinBlock, say_look
from quoin_xblock.competency_editor import CompetencyEditor
from quoin_xblock.competency_fields import CompetencyFields
from quoin_xblock.evidence import LONGEST_LINK, Mode, is_link
from quoin_xblock.handing_over import send_waiting
from quoin_xblock.learner import Learner
from quoin_xblock.looking import look_again
from quoin_xblock.rest import json_answer
from quoin_xblock.words import Words, find_words


class CompetencyBlock(
    CompetencyEditor, CompetencyFields, ScorableXBlockMixin, CompletableXBlockMixin, QuoinBlock
):
    """A competency in a unit: watches, decides on the server, records once."""

    template = "competency.html"

    @property
    def has_score(self) -> bool:
        """Say whether the block counts in the gradebook: only when the course team wants it."""
        return bool(self.is_scored)

    @property
    def is_met(self) -> bool:
        """Say whether the learner has met the competency that the block names now."""
        return self.state == "met" and self.achieved_for == self.competency_id

    def page(self, learner: Learner, words: Words) -> dict[str, Any]:
        """Give what the template shows."""
        return competency_page.build_page(self, learner, words)

    def script_arguments(self, learner: Learner, words: Words) -> dict[str, Any]:
        """Let the page look at the course while the competency is open."""
        records = learner.can_record and bool(self.competency_id) and not self.is_met
        return {**super().script_arguments(learner, words), "records": records}

    # --- handlers ---

    @XBlock.json_handler
    def record(self, _data: Any, _suffix: str = "") -> dict[str, Any]:
        """Look at the course again; what the browser says is not asked."""
        learner = self.require_learner()
        is_new = recording.record(self, learner, now=datetime.now(UTC))
        said = find_words(self).gettext("Competency recorded.") if is_new else ""
        return self.answer(learner, said, is_met=self.is_met, is_new=is_new)

    @XBlock.json_handler
    def refresh(self, _data: Any, _suffix: str = "") -> dict[str, Any]:
        """Send what waits, then ask the tool where the learner stands."""
        learner = self.require_learner()
        if not learner.can_record:
            return self.answer(learner, "")
        client = self.client
        is_new = send_waiting(self, client)
        look = look_again(self, client, now=datetime.now(UTC), is_new=is_new)
        return self.answer(learner, say_look(look, find_words(self)), look=look)

    @XBlock.json_handler
    def hand_in(self, data: Any, _suffix: str = "") -> dict[str, Any]:
        """Take the link to one artefact of the checklist; 400 when it is none."""
        learner, words = self.require_learner(), find_words(self)
        name, link = _texts(data, "name", "link")
        if self.mode != Mode.CHECKLIST or name not in self.checklist:
            raise JsonHandlerError(400, words.gettext("There is no such artefact here."))
        if not is_link(link):
            text = words.gettext("Enter a link that begins with https:// (at most {most} letters).")
            raise JsonHandlerError(400, text.format(most=LONGEST_LINK))
        if not learner.can_record:
            return self.answer(learner, words.gettext("Nothing is recorded in this view."))
        self.handed_in = {**self.handed_in, name: link}
        is_new = recording.record(self, learner, now=datetime.now(UTC))
        said = words.gettext("Competency recorded.") if is_new else words.gettext("Handed in.")
        return self.answer(learner, said, is_met=self.is_met, is_new=is_new)

    @XBlock.json_handler
    def attest(self, data: Any, _suffix: str = "") -> dict[str, Any]:
        """Take the course team's word that a learner has met the competency."""
        learner = self.require_learner()
        (username,) = _texts(data, "username")
        said = attesting.attest(self, learner, username, now=datetime.now(UTC))
        return self.answer(learner, said)

    # --- other doors of the platform ---

    def student_view_data(self, _context: Any = None) -> dict[str, Any]:
        """Give what an app of the platform shows to every learner alike."""
        return {
            "display_name": self.display_name,
            "competency": self.competency_id,
            "mode": self.mode,
            "threshold": self.threshold if self.mode == Mode.SCORE else None,
            "checklist": self.checklist if self.mode == Mode.CHECKLIST else None,
        }

    @XBlock.handler
    def student_view_user_state(self, _request: Any, _suffix: str = "") -> Any:
        """Give what an app of the platform shows to this learner."""
        return json_answer(
            {
                "is_met": self.is_met,
                "achieved_at": self.achieved_at.isoformat() if self.achieved_at else None,
                "found": self.found,
                "last_seen": self.last_seen,
            }
        )

    def index_dictionary(self) -> dict[str, Any]:
        """Give the words by which a search in the course finds the block."""
        found: dict[str, Any] = super().index_dictionary()
        content = {"display_name": self.display_name, "competency": self.competency_id}
        return {**found, "content": content, "content_type": "Competency"}

    # --- score, where the course team wants one ---

    def max_score(self) -> float | None:
        """Give the best score, None where there is none."""
        return self.weight if self.has_score else None

    def has_submitted_answer(self) -> bool:
        """Say whether there is a score."""
        return self.is_met

    def get_score(self) -> Score:
        """Give the score that stands."""
        return recording.score_of(self)

    def set_score(self, score: Score) -> None:
        """Take nothing: the score follows from the state."""

    def calculate_score(self) -> Score:
        """Work the score out again."""
        return recording.score_of(self)

    @staticmethod
    def workbench_scenarios() -> list[tuple[str, str]]:
        """Give a course to try for each state."""
        return scenarios.COMPETENCY


def _texts(data: Any, *names: str) -> list[str]:
    """Give these texts of a request's JSON, "" for what is no text."""
    found = data if isinstance(data, dict) else {}
    return [value.strip() if isinstance(value := found.get(n), str) else "" for n in names]
