"""Descriptions of achievements that several tests use."""

from __future__ import annotations

from lti_tool.credentials.element_text import read_descriptions
from lti_tool.credentials.elements import Elements

FULL = """\
quoin-achievements: 1
defaults:
  country: IE
  languages: [en, ga]
  quality_assurance: {type: internal, body: Harbour University, url: "https://harbour.example/qa"}
achievements:
  data-basics:
    european: true
    criteria: Three graded tasks on open data.
    learning_outcomes: [Asks a database exact questions, Draws charts that are honest]
    workload_hours: 50
    credit_kind: ECTS
    levels: [{framework: EQF, level: 6}, {framework: NFQ, level: 8}]
    assessment: {types: [marked assignment, project work], description: Two tasks and a project.}
    participation: blended
    region: Dublin
    prerequisites: None.
    supervision: supervised-onsite-identified
    grade: {type: percent, low: 0, high: 100}
    stackability: {option: stackable, description: Counts towards Data practice.}
    further_information: See the catalogue.
    tags: [data]
    human_code: DATA-101
    field_of_study: "0612"
    version: 2026.1
"""


def described(text: str = FULL) -> Elements:
    """The elements of the first achievement of a file."""
    return read_descriptions(text)[0].elements
