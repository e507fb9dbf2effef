"""What one request asks of one subgraph, as a tree that grows while the planner chooses."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphql.language import ArgumentNode, OperationType

from router.planning.conditions import both, either
from router.planning.plan import ALWAYS, Conditions, PathSegment, RepresentationField, RepresentationObject

__all__ = ["Entry", "EntryContext", "FetchField", "FetchNode", "Group"]


@dataclass(slots=True, eq=False)
class FetchField:
    """A field in a request.

    Attributes:
        order: keeps the client's order; what the planner adds comes last.
        bridge: it only leads to what is below it; another request brings the field itself.
        contexts: its arguments whose values come from contexts.
    """

    key: str
    name: str
    arguments: tuple[ArgumentNode, ...]
    argument_text: str
    types: frozenset[str]
    conditions: Conditions
    order: int
    child: FetchNode | None = None
    bridge: bool = False
    contexts: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class FetchNode:
    """A selection in a request.

    Attributes:
        type_name: the type that it is on in the subgraph's own schema.
        fields: by internal key and the types that each is for.
        typename: whether the object's own `__typename` is asked for.
    """

    type_name: str
    fields: dict[tuple[str, frozenset[str]], FetchField] = field(default_factory=dict)
    typename: bool = False

    def add(self, wanted: FetchField) -> FetchField:
        """Add a field, or widen the conditions of the same one that is there."""
        key = (wanted.key, wanted.types)
        known = self.fields.get(key)
        if known is None:
            self.fields[key] = wanted
            return wanted
        known.conditions = either(known.conditions, wanted.conditions)
        known.order = min(known.order, wanted.order)
        known.bridge = known.bridge and wanted.bridge
        return known

    def absorb(self, other: FetchNode) -> None:
        """Merge another selection on the same object into this one."""
        self.typename = self.typename or other.typename
        for key, theirs in other.fields.items():
            ours = self.fields.get(key)
            if ours is None:
                self.fields[key] = theirs
                continue
            ours.conditions = either(ours.conditions, theirs.conditions)
            ours.order = min(ours.order, theirs.order)
            ours.bridge = ours.bridge and theirs.bridge
            if ours.child is not None and theirs.child is not None:
                ours.child.absorb(theirs.child)

    def reason(self) -> Conditions:
        """Give the conditions under which anything at all is asked for here."""
        if self.typename or not self.fields:
            return ALWAYS
        reason: Conditions = ()
        for item in self.fields.values():
            below = item.child.reason() if item.bridge and item.child is not None else ALWAYS
            reason = either(reason, both(item.conditions, below))
            if reason == ALWAYS:
                break
        return reason


@dataclass(frozen=True, slots=True)
class EntryContext:
    """An argument's value that comes from an object further up.

    Attributes:
        argument: the argument's name.
        type: its type, as SDL writes it.
        depth: how many segments of the entry's path lead to that object.
        value: what of the object it is: one leaf.
    """

    argument: str
    type: str
    depth: int
    value: RepresentationObject


@dataclass(slots=True, eq=False)
class Entry:
    """Where a group starts: entities at a position, with the representation that they are asked by.

    Attributes:
        typename: what the representation's `__typename` says.
        key: the key's text, for people and for telling entries apart.
        contexts: what fields take from objects further up; such an entry has a request of its own.
    """

    path: tuple[PathSegment, ...]
    typename: str
    key: str
    representation: tuple[RepresentationField, ...]
    node: FetchNode
    contexts: tuple[EntryContext, ...] = ()


@dataclass(slots=True, eq=False)
class Group:
    """A request to be: one subgraph, what it starts from, and the groups whose answers it needs first.

    Attributes:
        entries: of an `_entities` request; empty for a request that starts at a root type.
        root: the selection on the root type, for a request without entries.
        path: where a root type is reached again below a field (rule 12).
        sequence: of mutations, which of the serial requests it is or follows from.
        level: how many requests deep it is; 1 needs nothing.
        delivery: what it was made for: 0 for the first response, otherwise a number of what comes later.
        serves: what comes later and reads something of it.
    """

    subgraph: str
    operation: OperationType
    needs: set[Group] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    root: FetchNode | None = None
    path: tuple[PathSegment, ...] = ()
    sequence: int = 0
    level: int = 1
    delivery: int = 0
    serves: set[int] = field(default_factory=set)

    @property
    def mergeable(self) -> bool:
        """Whether other entity requests may join: not where values of variables differ from entity to entity."""
        return bool(self.entries) and not any(entry.contexts for entry in self.entries)

    def reason(self) -> Conditions:
        """Give the conditions under which the request is made at all."""
        if self.root is not None:
            return self.root.reason()
        reason: Conditions = ()
        for entry in self.entries:
            reason = either(reason, entry.node.reason())
        return reason
