"""Takes up a changed supergraph while serving: schema, graph and plans are swapped at once, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from router.errors import RouterError
from router.execution.engine import Engine
from router.server.current_engine import CurrentEngine

__all__ = ["Reloader"]

_WARMED: Final = 200
"""How many of the operations asked for most are planned before the new supergraph answers."""

_log = structlog.get_logger(__name__)


class Reloader:
    """Puts a new engine into the present one's place.

    Args:
        current: whose engine is replaced.
        build: makes an engine of what the supergraph's file holds now; called in a thread.
    """

    def __init__(self, current: CurrentEngine, *, engine: Engine, build: Callable[[], Engine]) -> None:
        self._current = current
        self._engine = engine
        self._build = build
        self._lock = asyncio.Lock()

    async def reload(self) -> bool:
        """Take up the supergraph anew; tell whether that was possible. A bad one changes nothing, and is logged."""
        async with self._lock:
            wanted = self._engine.most_used(_WARMED)
            try:
                engine = await asyncio.to_thread(self._build)
            except RouterError as error:
                _log.error("supergraph_refused", reason=str(error))
                return False
            warmed = await asyncio.to_thread(lambda: sum(engine.warm(*key) for key in wanted))
            self._engine = self._current.present = engine
            _log.info("supergraph_reloaded", planned=warmed, no_longer_valid=len(wanted) - warmed)
            return True
