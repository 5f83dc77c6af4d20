"""Quizzes of a course, and how far each learner came in them."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import yaml

QUIZZES = Path(__file__).parent / "institution" / "quizzes.yaml"
PASSES_FROM = 0.6


@dataclass(frozen=True)
class Question:
    """A question and its answers by the alphabet; ``right`` is one of them."""

    text: str
    answers: tuple[str, ...]
    right: str


@dataclass(frozen=True)
class Quiz:
    """A quiz; ``id`` is that of its grade item, activity and competency, too, plus something."""

    id: int
    course: str
    title: str
    competency: str
    questions: tuple[Question, ...]

    @property
    def most(self) -> float:
        """The points of somebody who knows everything: two for each question."""
        return 2.0 * len(self.questions)

    @property
    def module_id(self) -> int:
        """The id of the activity in its course."""
        return self.id + 1000

    @property
    def item_id(self) -> int:
        """The id of its grade item."""
        return self.id + 2000

    @property
    def competency_id(self) -> int:
        """The id of the competency that it shows."""
        return self.id + 3000

    def points(self, answers: list[str]) -> float:
        """The points for these answers, in the order of the questions."""
        right = [question.right for question in self.questions]
        return 2.0 * sum(given == wanted for given, wanted in zip(answers, right, strict=False))

    def is_passed(self, points: float | None) -> bool:
        """Whether so many points are enough."""
        return points is not None and points >= PASSES_FROM * self.most


@dataclass(frozen=True)
class Result:
    """What stands for a learner in a quiz; ``points`` is None where a teacher took it away."""

    quiz: int
    username: str
    points: float | None
    graded_at: float
    changed_by: str = ""


def load_quizzes(path: Path = QUIZZES) -> dict[int, Quiz]:
    """Read all quizzes, by id."""
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    quizzes = [
        Quiz(
            one["id"],
            one["course"],
            one["title"],
            one["competency"],
            tuple(
                Question(text, tuple(sorted(answers)), answers[0])
                for text, *answers in one["questions"]
            ),
        )
        for one in found
    ]
    return {quiz.id: quiz for quiz in quizzes}


def put_result(connection: sqlite3.Connection, result: Result) -> None:
    """Let ``result`` stand in place of whatever stood there."""
    connection.execute(
        """INSERT OR REPLACE INTO quiz_results (quiz, username, points, graded_at, changed_by)
           VALUES (:quiz, :username, :points, :graded_at, :changed_by)""",
        vars(result),
    )


def list_results(connection: sqlite3.Connection, quiz_id: int) -> dict[str, Result]:
    """What stands in a quiz, by username."""
    rows = connection.execute("SELECT * FROM quiz_results WHERE quiz = ?", (quiz_id,))
    return {row["username"]: Result(**dict(row)) for row in rows}
