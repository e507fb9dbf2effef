"""@defer: the other half of rule 39, with the requests that each part makes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from router.execution.incremental_formats import IncrementalFormat
from router.execution.request import NOBODY, GraphQLRequest
from tests.router.rules.federation import federation
from tests.router.rules.service import Service

_GRAPH = federation(
    a=Service(
        """
        type Query { t: T list: [T] }
        type T @key(fields: "id") { id: ID! a: Int size: Int @external big: Int @requires(fields: "size") }
        """,
        query={"t": {"id": "1", "a": 1}, "list": [{"id": "1", "a": 1}, None, {"id": "2", "a": 2}]},
        entities={"T": lambda given: {"a": int(given["id"]), "big": lambda t: t["size"] * 2}},
    ),
    b=Service(
        'type T @key(fields: "id") { id: ID! size: Int }',
        entities={"T": [{"id": "1", "size": 10}, {"id": "2", "size": 20}]},
    ),
)


def _merge(target: Any, extra: dict[str, Any]) -> None:
    for key, value in extra.items():
        if isinstance(value, dict) and isinstance(target.get(key), dict):
            _merge(target[key], value)
        else:
            target[key] = value


async def _delivered(query: str) -> tuple[list[dict[str, Any]], Any, str]:
    """Give all responses, the data that they come to, and the subgraphs in the order in which they were asked."""
    engine = _GRAPH.engine
    _GRAPH.transport.requests.clear()
    for service in _GRAPH.services.values():
        service.complaints.clear()
    stream = engine.deliver(GraphQLRequest(query), NOBODY, wanted=IncrementalFormat.DEFER_2022)
    assert stream is not None
    bodies = [orjson.loads(body) async for body in stream]
    data = orjson.loads(orjson.dumps(bodies[0]["data"]))
    for body in bodies[1:]:
        for part in body.get("incremental", ()):
            place = data
            for step in part["path"]:
                place = place[step]
            _merge(place, part["data"])
    return bodies, data, " ".join(request.subgraph for request in _GRAPH.transport.requests)


@pytest.mark.rule(39)
@pytest.mark.parametrize(
    ("query", "first", "whole", "sent"),
    [
        ("{ t { a ... @defer { size } } }", {"t": {"a": 1}}, {"t": {"a": 1, "size": 10}}, "a b"),
        ("{ t { a ... @defer { big } } }", {"t": {"a": 1}}, {"t": {"a": 1, "big": 20}}, "a b a"),
        (
            "{ t { size ... @defer { big a } } }",
            {"t": {"size": 10}},
            {"t": {"size": 10, "big": 20, "a": 1}},
            "a b a",
        ),
        (
            '{ list { id ...F @defer(label: "later") } } fragment F on T { size }',
            {"list": [{"id": "1"}, None, {"id": "2"}]},
            {"list": [{"id": "1", "size": 10}, None, {"id": "2", "size": 20}]},
            "a b",
        ),
    ],
)
async def test_what_is_deferred_comes_later(query: str, first: Any, whole: Any, sent: str) -> None:
    bodies, data, asked = await _delivered(query)
    assert (bodies[0]["data"], bodies[0]["hasNext"]) == (first, True)
    assert bodies[-1]["hasNext"] is False
    assert data == whole
    assert asked == sent
    for service in _GRAPH.services.values():
        assert service.complaints == []
