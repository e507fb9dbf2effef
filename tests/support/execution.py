"""Plans built by hand, and an engine that runs them on mock subgraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLSchema, OperationType, build_schema

from router.execution.engine import Engine
from router.execution.request import EngineSettings, GraphQLRequest, GraphQLResult, RequestContext
from router.planning.plan import (
    ALWAYS,
    Conditions,
    EntityBatch,
    EntityTarget,
    FetchStep,
    FieldProjection,
    FlattenSegment,
    KeySegment,
    LeafKind,
    ObjectProjection,
    PathSegment,
    QueryPlan,
    RepresentationField,
    RepresentationObject,
    TypeSegment,
    Wrapping,
)
from router.planning.variants import PLAIN, Variant, Variation
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport, Responder, Streamer


def at(path: str) -> tuple[PathSegment, ...]:
    """Read a path: `users.@.<User|Guest>.pet` (`@@` is two list levels)."""
    segments: list[PathSegment] = []
    for part in path.split(".") if path else []:
        if part.startswith("@"):
            segments.append(FlattenSegment(len(part)))
        elif part.startswith("<"):
            segments.append(TypeSegment(frozenset(part[1:-1].split("|"))))
        else:
            segments.append(KeySegment(part))
    return tuple(segments)


def key_field(
    name: str,
    selection: RepresentationObject | None = None,
    *,
    source: str | None = None,
    required: bool = True,
    types: Iterable[str] | None = None,
) -> RepresentationField:
    """One field of a representation; a key's part where nothing else is said."""
    return RepresentationField(
        name, source or name, selection, None if types is None else frozenset(types), required=required
    )


def entity(typename: str | None, *fields: RepresentationField) -> RepresentationObject:
    """An entity's representation; with its own `__typename` where none is given."""
    return RepresentationObject(fields, typename=typename, with_typename=True)


def fetch(
    number: int,
    subgraph: str,
    document: str,
    *,
    after: tuple[int, ...] = (),
    targets: Iterable[tuple[str, RepresentationObject]] = (),
    batches: tuple[EntityBatch, ...] = (),
    variables: tuple[str, ...] = (),
    conditions: Conditions = ALWAYS,
    operation: OperationType = OperationType.QUERY,
    path: str = "",
) -> FetchStep:
    """A step; `targets` is short for one batch."""
    asked = tuple(EntityTarget(at(place), representation) for place, representation in targets)
    if asked:
        batches = (EntityBatch("_entities", "representations", asked),)
    return FetchStep(number, subgraph, operation, document, None, variables, after, conditions, batches, at(path))


def wrapping(text: str) -> Wrapping:
    """Read a type's wrapping: `[_!]`."""
    non_null = text.endswith("!")
    text = text.removesuffix("!")
    return Wrapping(non_null, wrapping(text[1:-1]) if text.startswith("[") else None)


def show(
    key: str,
    type_text: str = "_",
    selection: ObjectProjection | None = None,
    *,
    source: str | None = None,
    on: Iterable[str] | None = None,
    conditions: Conditions = ALWAYS,
    enum: Iterable[str] | None = None,
    constant: str | None = None,
) -> FieldProjection:
    """One field of the response; `type_text` like `[Product!]!`, `_` for a type whose name does not matter."""
    name = type_text.strip("[]!")
    return FieldProjection(
        key,
        source or key,
        wrapping(type_text.replace(name, "_")),
        None if on is None else frozenset(on),
        conditions,
        selection,
        leaf=LeafKind.RAW if enum is None else LeafKind.ENUM,
        enum_values=None if enum is None else frozenset(enum),
        type_name=name,
        constant=constant,
    )


def obj(parent: str, *fields: FieldProjection, possible: Iterable[str] | None = None) -> ObjectProjection:
    """The fields of an object."""
    return ObjectProjection(parent, fields, None if possible is None else frozenset(possible))


def plan(
    projection: ObjectProjection,
    *steps: FetchStep,
    operation: OperationType = OperationType.QUERY,
    passthrough: bool = False,
) -> QueryPlan:
    """A plan without introspection."""
    return QueryPlan(operation, steps, projection, passthrough=passthrough)


@dataclass
class FixedPlanner:
    """Has one plan for every operation and counts how often it is asked."""

    fixed: QueryPlan
    calls: int = 0

    def variation(self, document: DocumentNode, operation_name: str | None) -> Variation | None:
        return None

    def plan(
        self,
        document: DocumentNode,
        operation_name: str | None,
        *,
        variant: Variant = PLAIN,
        deferred: Mapping[str, bool] | None = None,
    ) -> QueryPlan:
        self.calls += 1
        return self.fixed


@dataclass(frozen=True)
class Served:
    """A supergraph of which only the API schema matters."""

    api_schema: GraphQLSchema


@dataclass
class Bench:
    """An engine with the fakes around it."""

    engine: Engine
    planner: FixedPlanner
    transport: MockTransport
    context: RequestContext = field(default_factory=RequestContext)

    async def result(self, query: str, variables: Mapping[str, Any] | None = None) -> GraphQLResult:
        return await self.engine.execute(GraphQLRequest(query, variables=variables or {}), self.context)

    async def answer(self, query: str, variables: Mapping[str, Any] | None = None) -> Any:
        return orjson.loads((await self.result(query, variables)).body)

    def sent(self) -> list[tuple[str, Any]]:
        """Each request's subgraph and variables (None where it has none), in the order of sending."""
        return [(each.subgraph, orjson.loads(each.body).get("variables")) for each in self.transport.requests]

    def representations(self, number: int) -> Any:
        """The representations in a request."""
        return orjson.loads(self.transport.requests[number].body)["variables"]["representations"]


def bench(
    sdl: str,
    fixed: QueryPlan,
    responders: Mapping[str, Responder | dict[str, Any] | bytes] | None = None,
    *,
    streamers: Mapping[str, Streamer] | None = None,
    settings: EngineSettings | None = None,
    timeout: float | None = None,
) -> Bench:
    """Build an engine; a responder that is a dict or bytes is always the answer."""
    transport = MockTransport(
        {
            name: responder if callable(responder) else _always(responder)
            for name, responder in (responders or {}).items()
        },
        streamers=streamers,
    )
    planner = FixedPlanner(fixed)
    engine = Engine(Served(build_schema(sdl)), planner=planner, transport=transport, settings=settings)
    return Bench(engine, planner, transport, RequestContext(timeout=timeout))


def _always(answer: dict[str, Any] | bytes) -> Callable[[SubgraphRequest], dict[str, Any] | bytes]:
    return lambda _: answer


def entities(*values: Any) -> dict[str, Any]:
    """An entity fetch's answer."""
    return {"data": {"_entities": list(values)}}
