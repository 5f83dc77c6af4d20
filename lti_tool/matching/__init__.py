"""From a text about a goal to what a catalogue has for it; nothing of the text is kept.

``words`` reads texts; ``lexical`` and ``minilm`` rank; ``closeness`` says why; ``matcher`` puts
them together, and ``kept`` holds what was worked out of a catalogue.
"""

from lti_tool.matching.kept import KeptMatchers
from lti_tool.matching.matcher import Band, Entry, Found, Match, Matcher, Readings, Sentences
from lti_tool.matching.words import spoken_in

__all__ = [
    "Band",
    "Entry",
    "Found",
    "KeptMatchers",
    "Match",
    "Matcher",
    "Readings",
    "Sentences",
    "spoken_in",
]
