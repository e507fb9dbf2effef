"""Incremental responses over HTTP: `multipart/mixed`, a part for each response, sent as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import orjson
import structlog
from graphql.language import OperationType

from router.execution.incremental_formats import IncrementalFormat
from router.server.departure import unless_gone
from router.server.exchange import Exchange
from router.server.refusals import InternalError

__all__ = ["MultipartResponses", "content_type_of"]

_HEADERS: Final = (
    (b"cache-control", b"no-cache"),
    # nginx would otherwise collect parts before it passes them on.
    (b"x-accel-buffering", b"no"),
)
# A boundary of one hyphen cannot stand in JSON after a line break. It follows each part at once: by it a client knows
# that the part is complete.
_BEGIN: Final = b"\r\n---"
_HEAD: Final = b"\r\ncontent-type: application/json; charset=utf-8\r\n\r\n"
_NEXT: Final = b"\r\n---"
_END: Final = b"\r\n-----\r\n"
_CONTENT_TYPES: Final = {
    IncrementalFormat.DEFER_2022: b'multipart/mixed; boundary="-"; deferSpec=20220824',
    IncrementalFormat.INCREMENTAL_V0_2: b'multipart/mixed; boundary="-"; incrementalSpec=v0.2',
}

_log = structlog.get_logger(__name__)


def content_type_of(wanted: IncrementalFormat) -> bytes:
    """Give the value of the `content-type` header."""
    return _CONTENT_TYPES[wanted]


class MultipartResponses:
    """Writes incremental responses."""

    def __init__(self, *, slow_client_seconds: float) -> None:
        """Prepare; a part may wait `slow_client_seconds` for the client to read, then the response is given up."""
        self._slow_client_seconds = slow_client_seconds

    async def serve_one(self, exchange: Exchange, response: bytes, wanted: IncrementalFormat) -> None:
        """Answer with a single response, to a client that takes nothing but parts."""
        await exchange.start(200, content_type_of(wanted), _HEADERS)
        await exchange.write(_BEGIN + _HEAD + response + _END, last=True)

    async def serve(
        self,
        exchange: Exchange,
        responses: AsyncGenerator[bytes, None],
        *,
        wanted: IncrementalFormat,
        kind: OperationType,
    ) -> None:
        """Answer with responses until they end or the client goes; a mutation is done even so, up to its first one.

        Raises:
            ClientGone: nobody waits for the first response any more.
        """
        async with aclosing(responses):
            begun = anext(responses)
            first = await (begun if kind is OperationType.MUTATION else unless_gone(exchange, begun))
            await exchange.start(200, content_type_of(wanted), _HEADERS)
            await self._write(exchange, _BEGIN + _HEAD + first + _NEXT)
            pump = asyncio.create_task(self._pump(exchange, responses))
            gone = asyncio.create_task(exchange.until_gone())
            try:
                await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (pump, gone):
                    task.cancel()
                await asyncio.gather(pump, gone, return_exceptions=True)

    async def _pump(self, exchange: Exchange, responses: AsyncGenerator[bytes, None]) -> None:
        try:
            async for response in responses:
                await self._write(exchange, _HEAD + response + _NEXT)
        except (OSError, TimeoutError):
            _log.info("multipart_response_given_up", request_id=exchange.request_id)
            raise
        except Exception as error:  # noqa: BLE001 - nothing of an unforeseen failure may reach the client but that it was
            _log.error("incremental_delivery_failed", request_id=exchange.request_id, exc_info=error)
            failure = orjson.dumps({"errors": [InternalError().formatted()], "hasNext": False})
            await self._write(exchange, _HEAD + failure + _NEXT)
        # The hyphens after the last boundary say that it is the last.
        await self._write(exchange, b"--\r\n", last=True)

    async def _write(self, exchange: Exchange, part: bytes, *, last: bool = False) -> None:
        async with asyncio.timeout(self._slow_client_seconds):
            await exchange.write(part, last=last)
