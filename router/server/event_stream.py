"""GraphQL over Server-Sent Events, distinct connections mode: one operation, one response of `next` and `complete`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson
import structlog

from router.errors import RequestError
from router.server.exchange import Exchange
from router.server.negotiation import MediaType
from router.server.refusals import InternalError, ShuttingDown

_HEADERS = (
    (b"cache-control", b"no-cache"),
    # nginx would otherwise collect events before it passes them on.
    (b"x-accel-buffering", b"no"),
)
_COMPLETE = b"event: complete\ndata:\n\n"
_COMMENT = b":\n\n"

_log = structlog.get_logger(__name__)


def next_event(response: bytes) -> bytes:
    """Write a GraphQL response as an event."""
    if b"\n" in response or b"\r" in response:
        # A line break would end the field; in JSON text it can only stand between tokens.
        response = response.replace(b"\r", b" ").replace(b"\n", b" ")
    return b"event: next\ndata: " + response + b"\n\n"


class EventStreams:
    """All event streams that are open, so that they can be ended together."""

    def __init__(self, *, slow_client_seconds: float, comment_seconds: float = 12.0) -> None:
        """Prepare.

        Args:
            slow_client_seconds: how long one event may wait for the client to read; then the stream is given up.
            comment_seconds: between the comments that keep proxies from closing a quiet stream.
        """
        self._slow_client_seconds = slow_client_seconds
        self._comment_seconds = comment_seconds
        self._open: set[asyncio.Task[None]] = set()
        self._draining = False

    async def serve_one(self, exchange: Exchange, response: bytes) -> None:
        """Answer with a single response."""
        await exchange.start(200, MediaType.EVENT_STREAM.content_type, _HEADERS)
        await exchange.write(next_event(response) + _COMPLETE, last=True)

    async def serve(self, exchange: Exchange, responses: AsyncGenerator[bytes, None]) -> None:
        """Answer with the responses of a subscription until they end, the client goes, or the router stops."""
        if self._draining:
            raise ShuttingDown
        await exchange.start(200, MediaType.EVENT_STREAM.content_type, _HEADERS)
        await exchange.write(_COMMENT)
        pump = asyncio.create_task(self._pump(exchange, responses))
        gone = asyncio.create_task(exchange.until_gone())
        comments = asyncio.create_task(self._comments(exchange))
        self._open.add(pump)
        try:
            await asyncio.wait({pump, gone, comments}, return_when=asyncio.FIRST_COMPLETED)
            # Whoever is gone, or does not read, cannot be told that this is the end.
            told = pump.done() and not gone.done() and (pump.cancelled() or pump.exception() is None)
        finally:
            self._open.discard(pump)
            await _cancel(pump, gone, comments)
        if told:
            await self._write(exchange, _COMPLETE, last=True)

    async def drain(self) -> None:
        """End every stream with `complete`; new ones are refused."""
        self._draining = True
        for pump in self._open:
            pump.cancel()

    async def _pump(self, exchange: Exchange, responses: AsyncGenerator[bytes, None]) -> None:
        async with aclosing(responses):
            try:
                async for response in responses:
                    await self._write(exchange, next_event(response))
            except RequestError as error:
                await self._write(exchange, next_event(orjson.dumps({"errors": [error.formatted()]})))
            except (OSError, TimeoutError):
                _log.info("event_stream_given_up", request_id=exchange.request_id)
                raise
            except Exception as error:  # noqa: BLE001 - nothing of an unforeseen failure may reach the client but that it was
                _log.error("subscription_failed", request_id=exchange.request_id, exc_info=error)
                await self._write(exchange, next_event(orjson.dumps({"errors": [InternalError().formatted()]})))

    async def _comments(self, exchange: Exchange) -> None:
        while True:
            await asyncio.sleep(self._comment_seconds)
            await self._write(exchange, _COMMENT)

    async def _write(self, exchange: Exchange, part: bytes, *, last: bool = False) -> None:
        async with asyncio.timeout(self._slow_client_seconds):
            await exchange.write(part, last=last)


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
