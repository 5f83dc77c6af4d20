"""Rules as people read them: whole sentences in the language spoken now, from the typed tree.

``rule_sentences`` says and understands the same in English, for editing; here nothing is read
back, so that names need no quotation marks and words may change their form.
"""

from lti_tool.rule_reading.declared import declared_sentences, sentences_of
from lti_tool.rule_reading.reader import Reader
from lti_tool.rule_reading.requirements import clause_lines, requirement_lines
from lti_tool.rule_reading.stacks import stack_lines

__all__ = [
    "Reader",
    "clause_lines",
    "declared_sentences",
    "requirement_lines",
    "sentences_of",
    "stack_lines",
]
