"""A lesson to watch and a quiz to answer: something for a competency to watch."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

from django.template import loader
from web_fragments.fragment import Fragment
from xblock.completable import CompletableXBlockMixin
from xblock.core import XBlock
from xblock.fields import Integer, Scope, String

SCRIPT = """
function DemoPiece(runtime, element) {
  $(element).on("click", "button", function () {
    const chosen = $(element).find("input:checked").val();
    $.ajax({
      type: "POST",
      url: runtime.handlerUrl(element, "done"),
      data: JSON.stringify({ answer: chosen === undefined ? null : Number(chosen) }),
      contentType: "application/json"
    }).done(function (answer) { $(element).find("output").text(answer.said); });
  });
}
"""


class Lesson(CompletableXBlockMixin, XBlock):
    """A short text that is complete when the learner says that it is watched."""

    display_name = String(scope=Scope.settings, default="Lesson")
    text = String(scope=Scope.settings, default="")

    def student_view(self, _context: Any = None) -> Fragment:
        """Show the text and its button."""
        return _fragment("demo_workbench/lesson.html", self)

    @XBlock.json_handler
    def done(self, _data: Any, _suffix: str = "") -> dict[str, str]:
        """Report that it is complete, as a video does at its end."""
        self.emit_completion(1.0)
        return {"said": "Watched."}


class Quiz(XBlock):
    """One question; the score is all or nothing."""

    has_score = True
    display_name = String(scope=Scope.settings, default="Quiz")
    question = String(scope=Scope.settings, default="")
    answers = String(scope=Scope.settings, default="")
    right = Integer(scope=Scope.settings, default=0)

    def student_view(self, _context: Any = None) -> Fragment:
        """Show the question."""
        return _fragment("demo_workbench/quiz.html", self, answers=self.answers.split("|"))

    @XBlock.json_handler
    def done(self, data: Any, _suffix: str = "") -> dict[str, str]:
        """Mark the answer and report the score."""
        is_right = data.get("answer") == self.right
        self.runtime.publish(self, "grade", {"value": float(is_right), "max_value": 1.0})
        return {"said": "Right." if is_right else "Not yet. Try again."}

    @staticmethod
    def workbench_scenarios() -> list[tuple[str, str]]:
        """Give the demo's course."""
        from demo_workbench.course import SCENARIOS

        return SCENARIOS


def _fragment(template: str, block: XBlock, **more: Any) -> Fragment:
    fragment = Fragment(loader.render_to_string(template, {"block": block, **more}))
    fragment.add_javascript(SCRIPT)
    fragment.initialize_js("DemoPiece")
    return fragment


def _entry(name: str, class_name: str) -> tuple[str, EntryPoint]:
    return name, EntryPoint(name, f"demo_workbench.blocks:{class_name}", "xblock.v1")


BLOCKS = [_entry("demo_lesson", "Lesson"), _entry("demo_quiz", "Quiz")]
