"""What becomes of the work for a client that has gone: a query's is stopped, a mutation's is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any, Final, TypeVar

from router.server.exchange import ClientGone, Exchange

__all__ = ["to_its_end", "unless_gone"]

T = TypeVar("T")

_WATCHED_AFTER: Final = 0.05
"""Seconds after which it is worth a task to see whether the client is still there; most answers are quicker."""

_UNDER_WAY: Final[set[asyncio.Task[Any]]] = set()
"""Mutations that are done to their end: the event loop alone would not keep them."""


async def to_its_end(mutation: Coroutine[Any, Any, T]) -> T:
    """Await a mutation, which goes on when whoever awaits it is cancelled."""
    task = asyncio.get_running_loop().create_task(mutation)
    _UNDER_WAY.add(task)
    task.add_done_callback(_UNDER_WAY.discard)
    return await asyncio.shield(task)


async def unless_gone(exchange: Exchange, answer: Awaitable[T]) -> T:
    """Await a query's answer, and cancel it with all that it has asked subgraphs for when the client goes.

    Args:
        exchange: its body has been read.
        answer: what is awaited; not a mutation's, which is done whether somebody listens or not.

    Raises:
        ClientGone: nobody waits for the answer any more.
    """
    watch = _Watch(exchange, asyncio.current_task())
    timer = asyncio.get_running_loop().call_later(_WATCHED_AFTER, watch.start)
    try:
        return await answer
    except asyncio.CancelledError:
        if watch.has_cancelled():
            raise ClientGone from None
        raise
    finally:
        timer.cancel()
        watch.stop()


class _Watch:
    """Waits for the client to go, then cancels the task that works for it."""

    __slots__ = ("_exchange", "_gone", "_task", "_waiting")

    def __init__(self, exchange: Exchange, task: asyncio.Task[object] | None) -> None:
        self._exchange = exchange
        self._task = task
        self._waiting: asyncio.Task[None] | None = None
        self._gone = False

    def start(self) -> None:
        self._waiting = asyncio.get_running_loop().create_task(self._exchange.until_gone())
        self._waiting.add_done_callback(self._end)

    def _end(self, waiting: asyncio.Task[None]) -> None:
        if not waiting.cancelled() and waiting.exception() is None and self._task is not None:
            self._gone = True
            self._task.cancel()

    def has_cancelled(self) -> bool:
        """Say whether this watch has cancelled the task, and nobody else has."""
        return self._gone and self._task is not None and self._task.uncancel() == 0

    def stop(self) -> None:
        self._task = None
        if self._waiting is not None:
            self._waiting.cancel()
