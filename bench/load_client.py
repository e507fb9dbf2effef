"""A client that costs little: keep-alive connections, prepared bodies, answers checked before they are counted."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from bench.server import Measured

Call = Callable[["Connection", int], Awaitable[None]]
"""One measured unit of work, given its number; raises when the answer is not right."""


class WrongAnswer(Exception):
    """An answer that is not what was asked for: a fast error is no result."""


class Connection:
    """Sends GraphQL requests to one server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/graphql"

    async def raw(self, body: bytes, headers: dict[str, str] | None = None) -> bytes:
        """Send a prepared body and give the answer's bytes."""
        head = {"content-type": "application/json", **(headers or {})}
        async with self._session.post(self._url, data=body, headers=head) as response:
            answer = await response.read()
            if response.status != 200 or b'"errors":[' in answer[:200]:
                raise WrongAnswer(answer[:500].decode(errors="replace"))
            return answer

    async def ask(self, query: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """Send an operation and give its data."""
        answer = orjson.loads(await self.raw(orjson.dumps({"query": query, "variables": variables}), headers))
        if "errors" in answer:
            raise WrongAnswer(str(answer["errors"]))
        data: dict[str, Any] = answer["data"]
        return data


@dataclass(frozen=True)
class Result:
    """What one measurement gave. Times in milliseconds."""

    name: str
    requests: int
    seconds: float
    cpu_ms: float
    median_ms: float
    p99_ms: float
    median_alone_ms: float

    @property
    def per_second(self) -> float:
        """Give the throughput."""
        return self.requests / self.seconds


async def measure(
    name: str, server: Measured, call: Call, *, requests: int, connections: int = 16, warm_up: int = 50
) -> Result:
    """Run a call many times, alone for its latency and side by side for its throughput and CPU."""
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        connection = Connection(session, server.url)
        for number in range(warm_up):
            await call(connection, -1 - number)
        alone = [await _timed(call, connection, -1_000 - number) for number in range(50)]
        cpu, started = server.cpu_seconds(), time.perf_counter()
        latencies = await _side_by_side(call, connection, requests=requests, connections=connections)
        seconds, cpu = time.perf_counter() - started, server.cpu_seconds() - cpu
    latencies.sort()
    return Result(
        name=name,
        requests=requests,
        seconds=seconds,
        cpu_ms=cpu / requests * 1_000,
        median_ms=statistics.median(latencies),
        p99_ms=latencies[int(len(latencies) * 0.99) - 1],
        median_alone_ms=statistics.median(alone),
    )


async def _timed(call: Call, connection: Connection, number: int) -> float:
    started = time.perf_counter()
    await call(connection, number)
    return (time.perf_counter() - started) * 1_000


async def _side_by_side(call: Call, connection: Connection, *, requests: int, connections: int) -> list[float]:
    numbers = iter(range(requests))
    latencies: list[float] = []

    async def work() -> None:
        for number in numbers:
            latencies.append(await _timed(call, connection, number))  # noqa: PERF401 - shared between workers

    await asyncio.gather(*(work() for _ in range(connections)))
    return latencies
