"""The stacking-rules engine: frozen values in, frozen values out; no clock and no I/O."""

from stacking_rules.certificate import Certificate, certify
from stacking_rules.cheapest import Option, Plans, cheapest
from stacking_rules.definitions import AchievementText, Definitions
from stacking_rules.documents import (
    Document,
    content_hash,
    parse_document,
    parse_stack,
)
from stacking_rules.errors import (
    CircularStackError,
    DocumentError,
    LimitExceededError,
    StackError,
)
from stacking_rules.evaluate import evaluate
from stacking_rules.explain import Message, explain
from stacking_rules.facts import (
    Attestation,
    Award,
    Completion,
    Fact,
    Grade,
    Learner,
    LearnerRecord,
    Waiver,
)
from stacking_rules.findings import Finding
from stacking_rules.forecast import Change, next_change
from stacking_rules.lint import lint
from stacking_rules.network import Network
from stacking_rules.plan import Step, next_steps
from stacking_rules.progress import ClauseProgress, HeldFact, Progress, Status, Unused
from stacking_rules.reading import scale_bounds
from stacking_rules.receipts import counted_facts, receipt, verify_receipt
from stacking_rules.records import parse_record
from stacking_rules.requirements import (
    AllOf,
    Amount,
    AnyOf,
    AtLeast,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Waived,
)
from stacking_rules.rollup import NewAward, RollUp, in_award_order, roll_up
from stacking_rules.solving import Decide, Question
from stacking_rules.stacks import Stack

__all__ = [
    "AchievementText",
    "AllOf",
    "Amount",
    "AnyOf",
    "AtLeast",
    "Attestation",
    "Attested",
    "Award",
    "Certificate",
    "Change",
    "Choice",
    "CircularStackError",
    "ClauseProgress",
    "Completed",
    "Completion",
    "Decide",
    "Definitions",
    "Document",
    "DocumentError",
    "Earned",
    "Fact",
    "Finding",
    "Grade",
    "Group",
    "HeldFact",
    "Learner",
    "LearnerIs",
    "LearnerRecord",
    "Limit",
    "LimitExceededError",
    "Message",
    "Network",
    "NewAward",
    "NoneOf",
    "Option",
    "Plans",
    "Progress",
    "Question",
    "Requirement",
    "RollUp",
    "Stack",
    "StackError",
    "Status",
    "Step",
    "Unused",
    "Waived",
    "Waiver",
    "certify",
    "cheapest",
    "content_hash",
    "counted_facts",
    "evaluate",
    "explain",
    "in_award_order",
    "lint",
    "next_change",
    "next_steps",
    "parse_document",
    "parse_record",
    "parse_stack",
    "receipt",
    "roll_up",
    "scale_bounds",
    "verify_receipt",
]
