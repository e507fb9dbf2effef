"""The mock transport, and the mix of transports by subgraph."""

from __future__ import annotations

import asyncio

import pytest

from router.errors import SubgraphTimeout, SubgraphUnreachable
from router.transport import MockTransport, RoutingTransport, SubgraphRequest, SubgraphResponse
from tests.support.subgraph_requests import subgraph_request


async def test_a_mock_answers_with_bytes_values_and_responses() -> None:
    async def later(request: SubgraphRequest) -> dict[str, object]:
        await asyncio.sleep(0)
        return {"data": request.subgraph}

    mock = MockTransport(
        {"a": lambda _: b"raw", "b": later, "c": lambda _: SubgraphResponse(500, b"no")},
    )
    assert await mock.send(subgraph_request("a")) == SubgraphResponse(200, b"raw")
    assert await mock.send(subgraph_request("b")) == SubgraphResponse(200, b'{"data":"b"}')
    assert await mock.send(subgraph_request("c")) == SubgraphResponse(500, b"no")
    assert [request.subgraph for request in mock.requests] == ["a", "b", "c"]


async def test_a_mock_raises_what_its_function_raises() -> None:
    def slow(request: SubgraphRequest) -> bytes:
        raise SubgraphTimeout(request.subgraph, "too slow")

    with pytest.raises(SubgraphTimeout):
        await MockTransport({"a": slow}).send(subgraph_request("a"))
    with pytest.raises(SubgraphUnreachable):
        await MockTransport().send(subgraph_request("a"))


async def test_a_mock_streams_and_counts_what_was_closed() -> None:
    mock = MockTransport(streamers={"a": lambda _: [b"1", {"data": 2}]})
    assert [each async for each in mock.subscribe(subgraph_request("a"))] == [b"1", b'{"data":2}']
    events = mock.subscribe(subgraph_request("a"))
    await anext(events)
    assert mock.closed_subscriptions == 1
    await events.aclose()
    assert mock.closed_subscriptions == 2


async def test_each_subgraph_goes_its_way() -> None:
    inside = MockTransport({"a": lambda _: b"inside"}, streamers={"a": lambda _: [b"inside"]})
    outside = MockTransport({"b": lambda _: b"outside"})
    routing = RoutingTransport({"a": inside, "c": inside}, default=outside)
    assert (await routing.send(subgraph_request("a"))).body == b"inside"
    assert (await routing.send(subgraph_request("b"))).body == b"outside"
    assert [each async for each in routing.subscribe(subgraph_request("a"))] == [b"inside"]
    await routing.aclose()
    assert (inside.closed, outside.closed) == (True, True)
