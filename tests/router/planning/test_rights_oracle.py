"""Rule 40 by random demands and operations: the router answers as one schema does whose resolvers refuse."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
import pytest
from graphql import GraphQLError, GraphQLResolveInfo, execute_sync, parse

from router.execution.request import GraphQLRequest, RequestContext
from router.supergraph import ANONYMOUS, Caller, Requirement, Supergraph
from router.supergraph.requirements import RequirementKind
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued
from tests.router.planning.operations import Operations
from tests.router.planning.oracle import engine_for
from tests.router.planning.world import Thing, World

pytestmark = pytest.mark.property

_CODE = "UNAUTHORIZED_FIELD_OR_TYPE"


def _sprinkled(supergraph: Supergraph, seed: int, *, closed_types: bool = False) -> Supergraph:
    """Put demands on some fields of objects and on some leaf types, and where that is asked for on some objects."""
    dice = random.Random(seed)
    demands = [
        Requirement(RequirementKind.AUTHENTICATED),
        Requirement(RequirementKind.SCOPES, (frozenset({"a"}), frozenset({"b"}))),
    ]
    types = {}
    for name, kind in supergraph.types.items():
        fields = {
            field.name: replace(field, requirements=frozenset({dice.choice(demands)}))
            if kind.kind.value == "object" and dice.random() < 0.15
            else field
            for field in kind.fields.values()
        }
        leaf = kind.kind.value in {"enum", "scalar"} and dice.random() < 0.3
        whole = closed_types and kind.kind.value == "object" and name != "Query" and dice.random() < 0.25
        types[name] = replace(kind, fields=fields, requirements=frozenset(demands[:1] if leaf or whole else ()))
    return replace(supergraph, types=types)


def _expected(world: World, query: str, variables: Mapping[str, Any], caller: Caller) -> tuple[Any, list[Any]]:
    """Execute on the plain schema, where resolvers refuse what the caller may not have."""
    types = world.supergraph.types

    def resolve(source: Thing, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        field = types[source.typename].fields[info.field_name]
        returned = types.get(field.type.named)
        asked = (
            field.requirements
            | types[source.typename].requirements
            | (returned.requirements if returned is not None else frozenset())
        )
        if not all(item.is_met(caller) for item in asked):
            raise GraphQLError("denied")
        return world.value(source, info.field_name, arguments)

    result = execute_sync(
        world.supergraph.api_schema,
        parse(query),
        Thing("Query", ""),
        variable_values=dict(variables),
        field_resolver=resolve,
        type_resolver=lambda value, _info, _kind: value.typename,
    )
    return result.data, [error.path for error in result.errors or ()]


@pytest.mark.parametrize("topic", sorted(set(CATALOGUE) - {"unions"}))
async def test_random_operations_are_answered_as_by_a_schema_that_refuses(topic: str) -> None:
    for seed in range(8):
        world = World(_sprinkled(catalogued(topic), seed), nulls=seed % 2 == 0)
        await _compare(world, seed)


@pytest.mark.parametrize("topic", ["abstract", "hidden", "keys", "requires"])
async def test_closed_types_are_closed_wherever_they_turn_up(topic: str) -> None:
    for seed in range(12):
        await _compare(World(_sprinkled(catalogued(topic), seed, closed_types=True), nulls=seed % 2 == 0), seed)


async def _compare(world: World, seed: int) -> None:
    operations = Operations(world.supergraph.api_schema, seed, depth=1 + seed % 4, width=1 + seed % 4)
    query, variables = operations.query()
    if "__typename" in query and any(kind.requirements for kind in world.supergraph.types.values() if kind.subgraphs):
        return  # graphql-core tells every type's name
    caller = [ANONYMOUS, Caller(authenticated=True), Caller(scopes=frozenset("b"))][seed % 3]

    request = GraphQLRequest(query, variables=variables)
    answer = orjson.loads((await engine_for(world).execute(request, RequestContext(caller=caller))).body)

    data, paths = _expected(world, query, variables, caller)
    assert world.complaints == [], world.complaints
    assert answer["data"] == data, (query, answer)
    denied = [
        error["path"]
        for error in answer.get("errors", ())
        if error["extensions"]["code"] == "UNAUTHORIZED_FIELD_OR_TYPE"
    ]
    assert sorted(map(str, denied)) == sorted(map(str, paths)), (query, answer)
