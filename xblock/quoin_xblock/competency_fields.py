"""The fields of a competency: what a course team decides, and what is kept of each learner.

No secret and no address of a service: fields leave the platform with every exported course.
"""

from __future__ import annotations

from xblock.fields import Boolean, DateTime, Dict, Float, List, Scope, String

from quoin_xblock.evidence import Mode
from quoin_xblock.watching import UNIT


class CompetencyFields:
    """Fields of ``quoin_competency``; their names are attributes in exported courses."""

    display_name = String(scope=Scope.settings, default="Competency")
    competency_id = String(scope=Scope.settings, default="", help="Key in the catalogue of Quoin")
    stack_id = String(scope=Scope.settings, default="", help="Stack to show; all when empty")
    mode = String(scope=Scope.settings, default=str(Mode.WATCHED))
    watch_scope = String(scope=Scope.settings, default=UNIT)
    watched = List(scope=Scope.settings, default=[], help="Usage keys, with scope 'listed'")
    threshold = Float(scope=Scope.settings, default=0.8, help="0 to 1")
    checklist = List(scope=Scope.settings, default=[], help="Names of artefacts")
    is_scored = Boolean(scope=Scope.settings, default=False)
    weight = Float(scope=Scope.settings, default=1.0)

    attested = Dict(
        scope=Scope.user_state_summary, default={}, help="Pseudonym in the course -> date"
    )

    state = String(scope=Scope.user_state, default="open", help="'open' or 'met'")
    achieved_at = DateTime(scope=Scope.user_state, default=None)
    achieved_for = String(scope=Scope.user_state, default="", help="The competency it was met for")
    found = Dict(scope=Scope.user_state, default={}, help="What the last look at the course found")
    handed_in = Dict(scope=Scope.user_state, default={}, help="Artefact -> link")
    outbox = List(scope=Scope.user_state, default=[], help="Completions that wait for the tool")
