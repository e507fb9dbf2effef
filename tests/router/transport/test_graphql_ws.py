"""The client's side of graphql-transport-ws, message by message."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from router.errors import SubgraphBadResponse, SubgraphTimeout, SubgraphUnreachable
from router.transport.graphql_ws import ChannelClosed, subscribe_over
from tests.support.subgraph_requests import subgraph_request

ACK: dict[str, Any] = {"type": "connection_ack"}
COMPLETE: dict[str, Any] = {"type": "complete", "id": "1"}


def event(payload: Any) -> dict[str, Any]:
    return {"type": "next", "id": "1", "payload": payload}


class ScriptedChannel:
    """Says what it was told to say, then closes."""

    def __init__(self, *messages: dict[str, Any] | str, forever: bool = False) -> None:
        self._messages = list(messages)
        self._forever = forever
        self.sent: list[Any] = []

    async def send(self, message: bytes) -> None:
        self.sent.append(orjson.loads(message))

    async def receive(self) -> str | bytes:
        if self._messages:
            message = self._messages.pop(0)
            return message if isinstance(message, str) else orjson.dumps(message)
        if self._forever:
            await asyncio.Event().wait()
        raise ChannelClosed(1006, "")


async def responses(channel: ScriptedChannel, ack_timeout: float = 1.0) -> list[Any]:
    request = subgraph_request(query="subscription { ticks }", headers=(("authorization", "Bearer t"),))
    return [orjson.loads(each) async for each in subscribe_over(channel, request, ack_timeout=ack_timeout)]


async def test_the_conversation_is_init_subscribe_and_nothing_more() -> None:
    channel = ScriptedChannel(ACK, event({"data": {"ticks": 1}}), event({"data": {"ticks": 2}}), COMPLETE)
    assert await responses(channel) == [{"data": {"ticks": 1}}, {"data": {"ticks": 2}}]
    assert channel.sent == [
        {"type": "connection_init", "payload": {"authorization": "Bearer t"}},
        {"type": "subscribe", "id": "1", "payload": {"query": "subscription { ticks }"}},
    ]


async def test_a_payload_is_passed_on_byte_for_byte() -> None:
    channel = ScriptedChannel(
        ACK, '{"id":"1","payload": { "data" :{"big":12345678901234567890123}},"type":"next"}', COMPLETE
    )
    request = subgraph_request()
    assert [each async for each in subscribe_over(channel, request, ack_timeout=1)] == [
        b'{ "data" :{"big":12345678901234567890123}}'
    ]


async def test_pings_are_answered_before_and_after_the_acknowledgement() -> None:
    ping = {"type": "ping", "payload": {"any": "thing"}}
    channel = ScriptedChannel(ping, ACK, {"type": "pong"}, ping, COMPLETE)
    assert await responses(channel) == []
    assert [message["type"] for message in channel.sent] == ["connection_init", "pong", "subscribe", "pong"]


async def test_an_error_is_the_last_response() -> None:
    channel = ScriptedChannel(ACK, {"type": "error", "id": "1", "payload": [{"message": "no"}]}, forever=True)
    assert await responses(channel) == [{"errors": [{"message": "no"}]}]
    assert channel.sent[-1]["type"] == "subscribe"


async def test_leaving_early_says_complete() -> None:
    channel = ScriptedChannel(ACK, event({}), event({}))
    events = subscribe_over(channel, subgraph_request(), ack_timeout=1)
    await anext(events)
    await events.aclose()
    assert channel.sent[-1] == {"type": "complete", "id": "1"}


@pytest.mark.parametrize(
    "messages",
    [
        ["no JSON"],
        ["[]"],
        [{"type": "unheard_of"}],
        [event({})],
        [ACK, {"type": "next", "id": "2", "payload": {}}],
        [ACK, {"type": "next", "id": "1"}],
        [ACK, ACK],
    ],
    ids=["no JSON", "no object", "unknown type", "too early", "unknown id", "no payload", "a second ack"],
)
async def test_what_is_not_of_the_protocol_is_a_bad_response(messages: list[Any]) -> None:
    with pytest.raises(SubgraphBadResponse):
        await responses(ScriptedChannel(*messages))


async def test_a_channel_that_closes_makes_the_subgraph_unreachable() -> None:
    with pytest.raises(SubgraphUnreachable, match="closed with 1006"):
        await responses(ScriptedChannel(ACK, event({})))


async def test_without_an_acknowledgement_it_is_given_up() -> None:
    with pytest.raises(SubgraphTimeout):
        await responses(ScriptedChannel(forever=True), ack_timeout=0.02)
