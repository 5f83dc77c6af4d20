"""Words for the findings of the static analysis (English)."""

from __future__ import annotations

FINDINGS = {
    "substitution-cycle": "These are accepted for each other in a circle: {about}.",
    "self-reference": "The stack asks for its own award, {about}.",
    "unknown-achievement": "'{about}' is not among the achievements of this document.",
    "only-retired": "Only what is retired could meet this: {about}.",
    "unsatisfiable": "This can never be met: {about}.",
    "duplicate-child": "'{about}' is asked for twice here.",
    "redundant-group": "A group of one part says no more than the part.",
    "nothing-needed": "Nothing is needed here: this is always met.",
    "no-table": "Grades on these scales cannot be compared without a table: {about}.",
    "non-monotone": "Something further can undo this requirement.",
    "printed-number": "The printed number and the formula differ: {about}. The printed one counts.",
    "fraction": "The share is {about}: say whether it is rounded up or down.",
    "conflicting-shares": "The clause '{about}' speaks of the same two requirements.",
    "unknown-award": "No stack of this document awards '{about}'.",
    "first-step": "One completion alone makes this award: it would be issued on the first step.",
}
