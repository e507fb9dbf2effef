"""A changed supergraph is taken up while serving: at once or not at all, and what runs goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest
import structlog

from router.errors import RequestError
from router.execution.engine import Engine
from router.execution.request import GraphQLRequest, RequestContext
from router.planning import Planner
from router.server.current_engine import CurrentEngine
from router.server.reloading import Reloader
from router.supergraph import load_supergraph
from router.transport.mock import MockTransport
from tests.router.composition.corpus_cases import composed

CONTEXT = RequestContext()
BEFORE = composed(a="type Query { x: Int gone: Int } type Subscription { n: Int }")
AFTER = composed(a="type Query { x: Int new: Int } type Subscription { n: Int }")


class Counting(Planner):
    """A planner that remembers how often it planned."""

    planned = 0

    def plan(self, *arguments: Any, **options: Any) -> Any:
        self.planned += 1
        return super().plan(*arguments, **options)


class Served:
    """A router's inside: what its file holds can be changed."""

    def __init__(self) -> None:
        self.file = BEFORE
        self.planners: list[Counting] = []
        self.released = asyncio.Event()
        engine = self.build()
        self.current = CurrentEngine(engine)
        self.reloader = Reloader(self.current, engine=engine, build=self.build)

    def build(self) -> Engine:
        supergraph = load_supergraph(self.file)
        self.planners.append(Counting(supergraph))
        transport = MockTransport(
            {"a": lambda asked: {"data": {"new": 2} if b"new" in asked.body else {"x": 1}}},
            streamers={"a": self._numbers},
        )
        return Engine(supergraph, planner=self.planners[-1], transport=transport)

    async def _numbers(self, _: object) -> AsyncGenerator[dict[str, Any], None]:
        yield {"data": {"n": 1}}
        await self.released.wait()
        yield {"data": {"n": 2}}

    async def answer(self, query: str) -> Any:
        return orjson.loads((await self.current.execute(GraphQLRequest(query), CONTEXT)).body)


async def test_the_new_schema_answers_and_the_old_one_no_longer() -> None:
    served = Served()
    served.file = AFTER

    assert await served.reloader.reload() is True

    assert await served.answer("{ new }") == {"data": {"new": 2}}
    with pytest.raises(RequestError):
        served.current.kind_of(GraphQLRequest("{ gone }"))


async def test_a_bad_supergraph_changes_nothing_and_is_logged() -> None:
    served = Served()
    served.file = "type Query {"

    with structlog.testing.capture_logs() as logs:
        assert await served.reloader.reload() is False

    assert await served.answer("{ x }") == {"data": {"x": 1}}
    assert [line["event"] for line in logs] == ["supergraph_refused"]


async def test_what_was_asked_for_is_planned_before_it_is_asked_again() -> None:
    served = Served()
    for query in ("{ x }", "{ x }", "{ gone }"):
        await served.answer(query)
    served.file = AFTER

    with structlog.testing.capture_logs() as logs:
        await served.reloader.reload()
    planned = served.planners[-1].planned
    await served.answer("{ x }")

    assert planned == served.planners[-1].planned == 1
    assert (logs[-1]["planned"], logs[-1]["no_longer_valid"]) == (1, 1)


async def test_a_subscription_goes_on_over_the_change() -> None:
    served = Served()
    events = served.current.subscribe(GraphQLRequest("subscription { n }"), CONTEXT)
    first = await anext(events)
    served.file = AFTER
    await served.reloader.reload()
    served.released.set()
    second = await anext(events)
    await events.aclose()
    assert [orjson.loads(event) for event in (first, second)] == [{"data": {"n": 1}}, {"data": {"n": 2}}]


async def test_reloads_come_one_after_the_other() -> None:
    served = Served()
    served.file = AFTER
    both = await asyncio.gather(served.reloader.reload(), served.reloader.reload())
    assert all(both)
    assert len(served.planners) == 3
