"""The query plan: frozen values that execution runs without looking at the operation again.

Execution keeps one tree of data, the *merged tree*, rooted at an object for the operation's root type. Each step's
answer is merged into it: objects by key, lists by index, and a value that is there is never replaced by an object that
lacks its fields. Keys in the merged tree are *internal keys*: mostly the client's response keys, but the planner picks
others where response keys would clash (federation rule 24) or where a key field was added (rule 1). The *projection*
reads the merged tree and gives the client's response.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from graphql.language import OperationType

__all__ = [
    "ALWAYS",
    "Condition",
    "Conditions",
    "ContextValue",
    "Deferral",
    "DeferredFragment",
    "DeferredPart",
    "DeniedField",
    "EntityBatch",
    "EntityTarget",
    "FetchStep",
    "FieldProjection",
    "FlattenSegment",
    "IntrospectionStep",
    "KeySegment",
    "LeafKind",
    "ObjectProjection",
    "OperationType",
    "PathSegment",
    "QueryPlan",
    "RepresentationField",
    "RepresentationObject",
    "ResponseSegment",
    "TypeSegment",
    "Wrapping",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """A client variable and the Boolean that it must have: `@include(if: $v)` is `(v, True)`, `@skip` `(v, False)`."""

    variable: str
    expected: bool


Conditions = tuple[tuple[Condition, ...], ...]
"""A disjunction of conjunctions. `ALWAYS` (one empty conjunction) is true; the empty disjunction is never true."""

ALWAYS: Conditions = ((),)


# ---- places in the merged tree ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class KeySegment:
    """Go to the value under an internal key of an object."""

    key: str


@dataclass(frozen=True, slots=True)
class FlattenSegment:
    """Go to every element of a list, nested lists included down to `depth` levels."""

    depth: int = 1


@dataclass(frozen=True, slots=True)
class TypeSegment:
    """Stay, if the object's internal `__typename` is one of these."""

    types: frozenset[str]


PathSegment = KeySegment | FlattenSegment | TypeSegment


# ---- representations: what `_entities` is asked with ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class RepresentationField:
    """One field of a representation.

    Attributes:
        name: the field's schema name, as the subgraph expects it.
        source: the internal key under which the merged tree has its value.
        selection: for composite values, what of them is repeated (through any number of list levels); None for leaves.
        types: where the field belongs to a fragment of a field set, the concrete types that it applies to.
        required: a key's part; without it (missing or null) there is no representation (rule 5). What `@requires` adds
            is not required: it is sent as null (rule 17).
    """

    name: str
    source: str
    selection: RepresentationObject | None
    types: frozenset[str] | None
    required: bool


@dataclass(frozen=True, slots=True)
class RepresentationObject:
    """An object of a representation.

    Attributes:
        typename: what `__typename` says: a constant (rule 30: an interface object's name); None where the object's own
            internal `__typename` is sent. Nested objects have `with_typename` False unless the field set asks for it.
        with_typename: whether `__typename` is part of it.
    """

    fields: tuple[RepresentationField, ...]
    typename: str | None = None
    with_typename: bool = False


@dataclass(frozen=True, slots=True)
class ContextValue:
    """A variable of a request whose value comes from an object above the entities that are asked for.

    Entities below objects with other values are asked for in another request.

    Attributes:
        variable: its name, without `$`.
        depth: how many segments of the target's path lead to that object.
        value: what of the object it is: one leaf, of which `None` stands for what is not there.
        required: without a value nothing is asked.
    """

    variable: str
    depth: int
    value: RepresentationObject
    required: bool


@dataclass(frozen=True, slots=True)
class EntityTarget:
    """Places whose objects are asked for; what comes back for each is merged into it."""

    path: tuple[PathSegment, ...]
    representation: RepresentationObject
    contexts: tuple[ContextValue, ...] = ()


@dataclass(frozen=True, slots=True)
class EntityBatch:
    """One `_entities` field of a request: equal representations are sent once, whatever place they come from.

    Attributes:
        alias: its response key in the subgraph's answer (`_entities` where there is one only).
        variable: the name of the variable that carries the representations, without `$`.
    """

    alias: str
    variable: str
    targets: tuple[EntityTarget, ...]


# ---- steps ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FetchStep:
    """One request to one subgraph.

    Attributes:
        id: its index in `QueryPlan.steps`; each step comes after those that it depends on.
        subgraph: the subgraph's name.
        operation: the kind of operation that is sent; `_entities` fetches are always queries (rule 11).
        document: the operation, printed; it declares just the variables that it uses (rule 38).
        operation_name: the name in the document, None where anonymous.
        variables: the client's variables that it uses.
        depends_on: ids of steps that must have ended, well or not, before this one starts.
        conditions: when false the step is passed over, as if it had ended with nothing.
        batches: for an entity fetch, what is asked; empty for a root fetch, whose answer is merged at the root.
        path: for a root fetch below a field (rule 12: a root type reached again), where its answer
            is merged.
        deferred_for: the deferred fragments that it is made for, by number; empty where the first response needs it.
    """

    id: int
    subgraph: str
    operation: OperationType
    document: str
    operation_name: str | None
    variables: tuple[str, ...]
    depends_on: tuple[int, ...]
    conditions: Conditions = ALWAYS
    batches: tuple[EntityBatch, ...] = ()
    path: tuple[PathSegment, ...] = ()
    deferred_for: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class IntrospectionStep:
    """`__schema` and `__type` at the query root: answered by the router from the API schema (rule 41).

    The document selects just these, under internal keys; its result is merged at the root.
    """

    document: str
    variables: tuple[str, ...]


# ---- projection: merged tree to response ------------------------------------------------------------------------
class LeafKind(enum.Enum):
    """How a leaf's value is completed (GraphQL specification, section 3.5: result coercion)."""

    RAW = "raw"  # a custom scalar: passed on as it is
    INT = "int"
    FLOAT = "float"
    STRING = "string"
    BOOLEAN = "boolean"
    ID = "id"
    ENUM = "enum"  # hidden values become null (rule 35)
    TYPENAME = "typename"  # the object's type as the client may see it


@dataclass(frozen=True, slots=True)
class Wrapping:
    """A type's list levels and nullability: `[T!]` is `Wrapping(False, Wrapping(True, None))`.

    Attributes:
        non_null: whether null bubbles to the parent here.
        item: the wrapping of the list's items; None where the named type is reached.
    """

    non_null: bool
    item: Wrapping | None = None


@dataclass(frozen=True, slots=True)
class FieldProjection:
    """One field of the response.

    Attributes:
        response_key: the client's key.
        source: the internal key in the merged tree.
        wrapping: lists and nullability by the API schema.
        type_condition: the concrete types whose objects show this field; None for all.
        conditions: when false the field is absent.
        selection: what of a composite value is shown; None for leaves.
        leaf: how a leaf is completed.
        enum_values: for `LeafKind.ENUM`, the values that clients may see.
        type_name: the field's named type in the API schema (for error messages).
        constant: for a leaf that needs no data (`__typename` of a root or of a concrete position): its value.
        denied: the caller may not have it: it is null, whatever the merged tree has, and named in `errors` (rule 40).
    """

    response_key: str
    source: str
    wrapping: Wrapping
    type_condition: frozenset[str] | None
    conditions: Conditions
    selection: ObjectProjection | None
    leaf: LeafKind = LeafKind.RAW
    enum_values: frozenset[str] | None = None
    type_name: str = ""
    constant: str | None = None
    denied: bool = False


@dataclass(frozen=True, slots=True)
class ObjectProjection:
    """The fields of an object.

    Fields with the same response key but disjoint type conditions are separate entries; at most one applies to a
    concrete type.

    Attributes:
        parent_type: the position's type in the API schema.
        fields: in the order of the operation.
        possible_types: the concrete types that clients may see here; an object of another (hidden) type is null. None
            where the concrete type is not looked at (a concrete position, or rule 29).
    """

    parent_type: str
    fields: tuple[FieldProjection, ...]
    possible_types: frozenset[str] | None = None


# ---- what is delivered later (rule 39) --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ResponseSegment:
    """From an object to those under one of its fields, in the response and in the merged tree alike.

    Attributes:
        response_key: the client's key.
        source: the internal key.
        list_depth: how many list levels are in between.
        types: the concrete types of the objects that have the field; None for all.
    """

    response_key: str
    source: str
    list_depth: int = 0
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class DeferredFragment:
    """A fragment with `@defer`.

    Attributes:
        label: the client's.
        variable: what `if` names; the plan is for the case that it is true.
        parents: the deferred fragments around it, by number: it is never delivered before them.
        path: to the objects that it is selected on.
    """

    label: str | None
    variable: str | None
    parents: tuple[int, ...]
    path: tuple[ResponseSegment, ...]


@dataclass(frozen=True, slots=True)
class DeferredPart:
    """Fields of one object that come later, and together.

    Attributes:
        fragments: those that bring them, by number: the first of them to be delivered does.
        path: to the objects that have these fields; it starts with the path of each of its fragments.
        projection: the fields.
        types: the concrete types of objects that have any of them; None for all.
        conditions: under which any of them is asked for.
        steps: ids of all steps that have to have ended before.
    """

    fragments: tuple[int, ...]
    path: tuple[ResponseSegment, ...]
    projection: ObjectProjection
    types: frozenset[str] | None
    conditions: Conditions
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Deferral:
    """What a plan delivers after its first response.

    Attributes:
        fragments: numbered by their place here; each comes after those around it.
        parts: each comes after those that hold its objects.
        first: ids of the steps that the first response waits for.
        whole: the projection of everything, as if nothing were deferred: for the places of errors.
    """

    fragments: tuple[DeferredFragment, ...]
    parts: tuple[DeferredPart, ...]
    first: tuple[int, ...]
    whole: ObjectProjection


@dataclass(frozen=True, slots=True)
class DeniedField:
    """A field of the operation that the caller may not have (rule 40).

    Attributes:
        path: the client's response keys down to it; lists add nothing to it.
        conditions: under which it is asked for.
    """

    path: tuple[str, ...]
    conditions: Conditions = ALWAYS


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What answers one operation.

    Attributes:
        operation: the kind of the client's operation.
        steps: in topological order. Of a subscription, step 0 is the one that is subscribed to, at the subgraph named
            in it; the others run for each event.
        projection: of the operation's root type.
        introspection: what the router answers itself.
        passthrough: the one step's answer is the response byte for byte: nothing renamed, added, hidden or conditional
            on types, so it need not be decoded.
        denied: what the caller may not have; no step asks for it.
        deferral: what comes after the first response, for which alone `projection` is; None where nothing does.
    """

    operation: OperationType
    steps: tuple[FetchStep, ...]
    projection: ObjectProjection
    introspection: IntrospectionStep | None = None
    passthrough: bool = False
    denied: tuple[DeniedField, ...] = ()
    deferral: Deferral | None = None
