"""What the caller may not have, where it is deferred: null and named in the response that it belongs to."""

from __future__ import annotations

import random
from dataclasses import replace

import orjson
import pytest

from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import GraphQLRequest, RequestContext
from router.supergraph import Requirement, Supergraph
from router.supergraph.requirements import RequirementKind
from tests.router.deferral.deferring import Client, Deferring
from tests.router.planning.catalogue import CATALOGUE
from tests.router.planning.graphs import catalogued
from tests.router.planning.operations import Operations
from tests.router.planning.oracle import engine_for
from tests.router.planning.world import World

pytestmark = pytest.mark.property


def _sprinkled(supergraph: Supergraph, seed: int) -> Supergraph:
    """Put demands on fields that may be null: where null bubbles, it ends at a deferred fragment."""
    dice = random.Random(seed)
    demand = frozenset({Requirement(RequirementKind.AUTHENTICATED)})
    types = {
        name: replace(
            kind,
            fields={
                field.name: replace(field, requirements=demand)
                if dice.random() < 0.2 and not field.type.text.endswith("!")
                else field
                for field in kind.fields.values()
            },
        )
        for name, kind in supergraph.types.items()
    }
    return replace(supergraph, types=types)


@pytest.mark.parametrize("topic", sorted(set(CATALOGUE) - {"mutations"}))
async def test_all_responses_together_deny_what_the_one_response_does(topic: str) -> None:
    for seed in range(4):
        world = World(_sprinkled(catalogued(topic), seed), nulls=seed % 2 == 0)
        operations = Operations(world.supergraph.api_schema, seed, depth=2 + seed % 3, width=2 + seed % 3)
        query, variables = Deferring(seed).operation(*operations.query())
        engine = engine_for(world)
        request = GraphQLRequest(query, variables=variables)

        whole = orjson.loads((await engine.execute(request, RequestContext())).body)

        for wanted in IncrementalFormat:
            stream = engine.deliver(request, RequestContext(), wanted=wanted)
            if stream is None:
                continue
            client = Client()
            client.take_all([orjson.loads(body) async for body in stream])
            assert client.data == whole["data"], query
            assert _paths(client.errors) == _paths(whole.get("errors", [])), query
        assert world.complaints == [], query


def _paths(errors: list[dict[str, object]]) -> list[str]:
    return sorted(str(error["path"]) for error in errors)
