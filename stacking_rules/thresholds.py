"""The compiled form of a stack: weighted thresholds over atoms, bound by clauses.

Every monotone requirement is "the weights of what is satisfied add up to at least a need".
A *pool* is a threshold over atoms (weight one each, the credits of the fact, or its points); a
*gate* is a threshold over other thresholds. A group whose parts are all single achievements
becomes one pool: its parts differ, so n parts met are n different items held (unless something
declared lets several items meet one part). Clauses bind what counts below the pool or gate at
which they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache

from stacking_rules.clauses import After, Clause, Filter, Grace, Mean, Open, Share, Together
from stacking_rules.definitions import Definitions
from stacking_rules.facts import HUNDRED, Grade
from stacking_rules.requirements import (
    Amount,
    Attested,
    Choice,
    Completed,
    Earned,
    Group,
    LearnerIs,
    Limit,
    NoneOf,
    Requirement,
    Single,
    Waived,
)
from stacking_rules.selection import Test
from stacking_rules.stacks import RENEWAL, ROOT, Stack, child_address, clause_address, walk

Placed = tuple[str, Clause]
"""(address of the clause, clause)."""


@dataclass(frozen=True, slots=True)
class Atom:
    """One question about the record: is this achievement, award or attestation held?

    ``kinds`` are the kinds of facts asked for. Without an ``achievement`` the question is asked
    of everything of these kinds. Points are multiplied by ``factor``.
    """

    achievement: str | None
    kinds: tuple[str, ...] = ("completion",)
    grade: Grade | None = None
    where: Test | None = None
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Pool:
    """Atoms whose weights must reach ``need``; ``unit`` is "items" (weight 1), "credits", "points".

    What counts in an overlay may count in other pools as well. ``filters`` are those of the pool
    and of everything above it; without ``must_be_valid`` what has ended counts, too, and with
    ``grace`` it does for some time.
    """

    address: str
    need: Decimal
    unit: str
    atoms: tuple[Atom, ...]
    is_overlay: bool = False
    clauses: tuple[Placed, ...] = ()
    filters: tuple[tuple[str, Filter], ...] = ()
    must_be_valid: bool = True
    grace: tuple[str, Grace] | None = None
    scale: str = HUNDRED
    index: Mapping[tuple[str, str], Atom] = field(default_factory=dict, compare=False)
    """(kind, achievement) -> its atom, where every atom names one of its own."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Thresholds of which at least ``need`` must be met.

    ``pools`` and ``nodes`` are what stands below it, in document order, parents first.
    """

    address: str
    need: int
    parts: tuple[Threshold, ...]
    clauses: tuple[Placed, ...] = ()
    pools: tuple[Pool, ...] = field(init=False, repr=False, compare=False)
    nodes: tuple[Pool | Gate, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note once what every question about the gate walks over."""
        pools = tuple(pool for part in self.parts for pool in pools_of(part))
        nodes = tuple(node for part in self.parts for node in nodes_of(part))
        object.__setattr__(self, "pools", pools)
        object.__setattr__(self, "nodes", nodes)


@dataclass(frozen=True, slots=True)
class Given:
    """A requirement whose answer does not depend on what counts where: it is given beforehand."""

    address: str


@dataclass(frozen=True, slots=True)
class Branch:
    """``then`` if what is given at ``address`` is met, ``otherwise`` if it is not."""

    address: str
    then: Threshold
    otherwise: Threshold


Threshold = Pool | Gate | Given | Branch


def pools_of(threshold: Threshold) -> tuple[Pool, ...]:
    """Return the pools of ``threshold`` in the order of the document."""
    if isinstance(threshold, Gate):
        return threshold.pools
    if isinstance(threshold, Branch):
        return pools_of(threshold.then) + pools_of(threshold.otherwise)
    return (threshold,) if isinstance(threshold, Pool) else ()


def nodes_of(threshold: Threshold) -> tuple[Pool | Gate, ...]:
    """Return the pools and gates of ``threshold``, parents first."""
    if isinstance(threshold, Gate):
        return (threshold, *threshold.nodes)
    if isinstance(threshold, Branch):
        return nodes_of(threshold.then) + nodes_of(threshold.otherwise)
    return (threshold,) if isinstance(threshold, Pool) else ()


def settle(threshold: Threshold, given: Mapping[str, bool | None], *, hope: bool) -> Threshold:
    """Return ``threshold`` with what is given in its place: a gate of nothing, open or closed.

    What is not known (None) is open with ``hope`` and closed without.
    """
    if isinstance(threshold, Given):
        answer = given[threshold.address]
        is_open = hope if answer is None else answer
        return Gate(threshold.address, 0 if is_open else 1, ())
    if isinstance(threshold, Pool) or not given:
        return threshold
    if isinstance(threshold, Branch):
        then = settle(threshold.then, given, hope=hope)
        otherwise = settle(threshold.otherwise, given, hope=hope)
        answer = given[threshold.address]
        if answer is None:
            return Gate(threshold.address, 1 if hope else 2, (then, otherwise))
        # Under its own address: clauses elsewhere may speak of the choice as a whole.
        return Gate(threshold.address, 1, (then if answer else otherwise,))
    parts = tuple(settle(part, given, hope=hope) for part in threshold.parts)
    return replace(threshold, parts=parts)


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A compiled requirement tree. ``given`` are the addresses whose answers come beforehand.

    ``is_plain`` says that no clause binds what counts, so that thresholds alone decide. Equal
    only to itself: what is known of it is looked up for every learner.
    """

    node: Requirement
    root: Threshold
    given: tuple[tuple[str, Requirement | Clause], ...]
    is_plain: bool
    names: frozenset[tuple[str, str]] | None
    """(kind, achievement) of all that is asked about, None where anything may be."""
    is_kept: bool = False
    """Whether it is that of a stack, and asked about again and again."""

    @property
    def is_free(self) -> bool:
        """Whether nothing but what is held matters, so that answers may be kept."""
        return self.is_kept and self.is_plain and not self.given

    def is_untouched_by(self, names: Iterable[tuple[str, str]]) -> bool:
        """Return whether who holds ``names`` stands where everybody stands who holds nothing."""
        return self.is_free and self.names is not None and self.names.isdisjoint(names)


@lru_cache(maxsize=4096)
def compile_stack(stack: Stack) -> Compiled:
    """Return the compiled form of what ``stack`` asks of who does not hold its award."""
    return replace(compile_tree(ROOT, stack.requires, stack.definitions), is_kept=True)


@lru_cache(maxsize=1024)
def compile_renewal(stack: Stack) -> Compiled:
    """Return the compiled form of what ``stack`` asks of who renews its award."""
    if stack.renewal is None:
        raise TypeError(f"{stack.key} has no renewal path")
    tree = compile_tree(RENEWAL, stack.renewal.requires, stack.definitions)
    return replace(tree, is_kept=True)


def compile_tree(
    address: str, node: Requirement, definitions: Definitions, *, is_excepted: bool = False
) -> Compiled:
    """Return the compiled form of the requirement tree at ``address``.

    With ``is_excepted`` exceptions may speak of any requirement, so that each is one of its own.
    """
    spoken_of = frozenset(_spoken_of(address, node))
    compiler = _Compiler(None if is_excepted else spoken_of, definitions.several)
    root = compiler.node(address, node, _Around())
    is_plain = not any(n.clauses for n in nodes_of(root)) and all(
        pool.unit != "points" and not pool.filters and pool.must_be_valid for pool in pools_of(root)
    )
    return Compiled(node, root, tuple(compiler.given), is_plain, _names(root))


def _names(root: Threshold) -> frozenset[tuple[str, str]] | None:
    atoms = [atom for pool in pools_of(root) for atom in pool.atoms]
    if any(atom.achievement is None for atom in atoms):
        return None
    return frozenset((kind, atom.achievement or "") for atom in atoms for kind in atom.kinds)


def _spoken_of(address: str, node: Requirement) -> Iterator[str]:
    """Yield the addresses that clauses speak of: these stay pools of their own."""
    for _, found in walk(address, node):
        for clause in found.clauses:
            if isinstance(clause, After):
                yield clause.of
            elif isinstance(clause, Share):
                yield from (clause.first, clause.second)


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for a node because of the nodes above it."""

    filters: tuple[tuple[str, Filter], ...] = ()
    must_be_valid: bool = True
    grace: tuple[str, Grace] | None = None

    def below(self, address: str, node: Requirement) -> _Around:
        found = self
        for clause in node.clauses:
            at = clause_address(address, clause)
            if isinstance(clause, Filter):
                found = replace(found, filters=(*found.filters, (at, clause)))
            elif isinstance(clause, Together):
                found = replace(found, must_be_valid=False)
            elif isinstance(clause, Grace):
                found = replace(found, grace=(at, clause))
        return found


def atom_of(leaf: Requirement) -> Atom:
    """Return the question that a single-achievement requirement asks."""
    if isinstance(leaf, Completed):
        return Atom(leaf.achievement, grade=leaf.grade, where=leaf.where)
    if isinstance(leaf, Earned):
        return Atom(leaf.achievement, ("award",), where=leaf.where)
    if isinstance(leaf, Attested):
        return Atom(leaf.achievement, ("attestation",), where=leaf.where)
    raise TypeError(f"{type(leaf).__name__} is not a single achievement")


class _Compiler:
    def __init__(self, spoken_of: frozenset[str] | None, several: frozenset[str]) -> None:
        self.spoken_of, self.several = spoken_of, several
        self.given: list[tuple[str, Requirement | Clause]] = []

    def node(self, address: str, node: Requirement, above: _Around) -> Threshold:
        around = above.below(address, node)
        found = self._bare(address, node, around)
        closed = [c for c in node.clauses if _is_given(c)]
        if not closed:
            return found
        doors = [self._given(clause_address(address, clause), clause) for clause in closed]
        return Gate(address, 1 + len(doors), (found, *doors))

    def _given(self, address: str, what: Requirement | Clause) -> Given:
        self.given.append((address, what))
        return Given(address)

    def _bare(self, address: str, node: Requirement, around: _Around) -> Threshold:
        if isinstance(node, Waived):
            return Gate(address, 0, ())
        if isinstance(node, NoneOf | Limit | LearnerIs):
            return self._given(address, node)
        if isinstance(node, Choice):
            return self._branch(address, node, around)
        if isinstance(node, Group):
            return self._group(address, node, around)
        if isinstance(node, Amount):
            return self._pool(address, node, around, node.need, node.unit, _atoms(node))
        return self._pool(address, node, around, Decimal(1), "items", (atom_of(node),))

    def _branch(self, address: str, node: Choice, around: _Around) -> Threshold:
        self._given(address, node)
        then = self.node(child_address(address, node.then), node.then, around)
        otherwise: Threshold = Gate(f"{address.rstrip('/')}/else", 0, ())
        if node.otherwise is not None:
            at = child_address(address, node.otherwise)
            otherwise = self.node(at, node.otherwise, around)
        return Branch(address, then, otherwise)

    def _group(self, address: str, node: Group, around: _Around) -> Threshold:
        if all(self._is_bare(address, part) for part in node.parts):
            atoms = tuple(atom_of(part) for part in node.parts)
            return self._pool(address, node, around, Decimal(node.needed), "items", atoms)
        parts = tuple(self.node(child_address(address, part), part, around) for part in node.parts)
        return Gate(address, node.needed, parts, _binding(address, node))

    def _is_bare(self, address: str, part: Requirement) -> bool:
        at = child_address(address, part)
        if not isinstance(part, Single) or part.achievement in self.several or part.clauses:
            return False
        return self.spoken_of is not None and at not in self.spoken_of

    def _pool(
        self,
        address: str,
        node: Requirement,
        around: _Around,
        need: Decimal,
        unit: str,
        atoms: tuple[Atom, ...],
    ) -> Pool:
        is_overlay = isinstance(node, Amount) and node.is_overlay
        return Pool(
            address,
            need,
            unit,
            atoms,
            is_overlay,
            _binding(address, node),
            around.filters,
            around.must_be_valid,
            around.grace,
            node.scale if isinstance(node, Amount) else HUNDRED,
            _index(atoms),
        )


def _index(atoms: tuple[Atom, ...]) -> dict[tuple[str, str], Atom]:
    """Return the atoms by what they name, nothing where that is not one for one."""
    pairs = [(kind, atom.achievement, atom) for atom in atoms for kind in atom.kinds]
    found = {(kind, key): atom for kind, key, atom in pairs if key is not None}
    return found if len(found) == len(pairs) else {}


def _atoms(node: Amount) -> tuple[Atom, ...]:
    factors = dict(node.factors)
    keys: tuple[str | None, ...] = node.of or (None,)
    return tuple(
        Atom(key, node.among, node.grade, node.where, factors.get(key or "", Decimal(1)))
        for key in keys
    )


def _is_given(clause: Clause) -> bool:
    return isinstance(clause, Open) or (isinstance(clause, Mean) and clause.over == "attempted")


def _binding(address: str, node: Requirement) -> tuple[Placed, ...]:
    """Return the clauses that bind what counts: the others act before or beside it."""
    return tuple(
        (clause_address(address, clause), clause)
        for clause in node.clauses
        if not isinstance(clause, Filter | Grace) and not _is_given(clause)
    )
