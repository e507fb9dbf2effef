"""The router against one plain schema, with a made-up world behind both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
from graphql import parse, validate

from router.execution.engine import Engine
from router.execution.request import EngineSettings, GraphQLRequest, RequestContext
from router.planning import Planner
from router.transport.base import SubgraphRequest
from router.transport.mock import MockTransport
from tests.router.planning.shape import CheckedPlanner
from tests.router.planning.world import World


def engine_for(world: World, planner: Planner | None = None, *, settings: EngineSettings | None = None) -> Engine:
    """An engine whose subgraphs are the world's."""

    def respond(name: str) -> Any:
        def responder(request: SubgraphRequest) -> bytes:
            body = orjson.loads(request.body)
            return orjson.dumps(world.answer(name, body["query"], body.get("variables") or {}))

        return responder

    transport = MockTransport({name: respond(name) for name in world.supergraph.subgraphs})
    planner = planner or CheckedPlanner(world.supergraph)
    return Engine(world.supergraph, planner=planner, transport=transport, settings=settings)


async def check(world: World, query: str, variables: Mapping[str, Any] | None = None) -> None:
    """Assert that the router answers as the plain schema does, and that no subgraph complains."""
    errors = validate(world.supergraph.api_schema, parse(query))
    assert not errors, errors
    world.requests.clear()
    world.complaints.clear()
    engine = engine_for(world)
    result = await engine.execute(GraphQLRequest(query, variables=dict(variables or {})), RequestContext())
    answer = orjson.loads(result.body)
    assert world.complaints == [], world.complaints
    expected = world.expected(query, variables)
    assert answer.get("data") == expected, answer
    assert json.dumps(answer["data"]) == json.dumps(expected)
