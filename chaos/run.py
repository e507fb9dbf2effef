"""One run: start, load, strike, wait, compare."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import httpx

from chaos.buyers import Buyer, Journal
from chaos.parts import Parts
from chaos.servers import NatsServer, PostgresServer, servers
from chaos.verdict import breaches
from eventio.checking.books import Breach
from tests.support.system import free_port

_SHOWTIMES = "{ showtimes(first: 40, filter: { minAvailable: 60 }) { nodes { id status } } }"


@dataclass(frozen=True)
class Plan:
    """What a run does.

    Attributes:
        seconds: how long people buy and things break.
        buyers: how many at a time.
        hot: the share of buyers on one showtime.
        deaths: how likely a process ends at each point of `chaos.faulty`.
        strikes: seconds between two strikes from outside; 0: none.
        without: a guard to leave out.
    """

    seconds: float = 60
    buyers: int = 100
    hot: float = 0.5
    deaths: float = 0.0005
    strikes: float = 5
    without: str = ""
    seed: int = 1
    quiet_seconds: float = 180


@dataclass
class Outcome:
    """What came of it."""

    plan: Plan
    journal: Journal
    struck: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    breaches: list[Breach] = field(default_factory=list)
    seconds: float = 0.0


async def run(plan: Plan, folder: Path, *, told: Callable[[str], None]) -> Outcome:
    """Run it on servers of its own in an empty folder."""
    outcome = Outcome(plan, Journal())
    told("starting PostgreSQL (durable) and NATS")
    with servers(folder, free_port()) as (postgres, nats):
        parts = Parts(folder, postgres, nats, deaths=plan.deaths, without=plan.without, seed=plan.seed)
        told("migrating, filling with demo data")
        await asyncio.to_thread(parts.prepare)
        async with parts.running():
            showtime_ids = await _on_sale(parts.url)
            told(f"{plan.buyers} buyers for {plan.seconds:.0f} s")
            began = time.monotonic()
            await _storm(plan, parts, postgres, nats, showtime_ids, outcome)
            outcome.seconds = time.monotonic() - began
            told("letting it become quiet, then comparing")
            await parts.wait_until_ready()
            outcome.breaches = await breaches(parts.settings, outcome.journal, quiet_seconds=plan.quiet_seconds)
        outcome.deaths = parts.deaths
    return outcome


async def _storm(
    plan: Plan, parts: Parts, postgres: PostgresServer, nats: NatsServer, showtime_ids: list[str], outcome: Outcome
) -> None:
    until = time.monotonic() + plan.seconds
    hot = int(plan.buyers * plan.hot)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        people = [
            Buyer(session, parts.url, outcome.journal, seed=plan.seed * 10_000 + number)
            for number in range(plan.buyers)
        ]
        striking = asyncio.create_task(_strike(plan, parts, postgres, nats, outcome))
        try:
            await asyncio.gather(
                *(
                    one.buy(showtime_ids[:1] if number < hot else showtime_ids[1:], until)
                    for number, one in enumerate(people)
                )
            )
        finally:
            striking.cancel()
            await asyncio.gather(striking, return_exceptions=True)
            for part in parts.parts:
                part.freeze(thaw=True)


async def _strike(plan: Plan, parts: Parts, postgres: PostgresServer, nats: NatsServer, outcome: Outcome) -> None:
    """Break something, again and again."""
    chance = random.Random(plan.seed)
    if not plan.strikes:
        return

    async def kill() -> str:
        part = chance.choice(parts.parts)
        part.kill()
        return f"kill -9 {part.name}"

    async def freeze() -> str:
        part = chance.choice([one for one in parts.parts if one.name != "router"])
        part.freeze()
        try:
            await asyncio.sleep(chance.uniform(0.5, 4))
        finally:
            part.freeze(thaw=True)
        return f"freeze {part.name}"

    async def crash() -> str:
        await postgres.crash()
        return "crash of PostgreSQL"

    async def away() -> str:
        await nats.away(chance.uniform(1, 5))
        return "NATS away"

    strikes: list[Callable[[], Awaitable[str]]] = [kill, kill, kill, freeze, freeze, crash, away]
    while True:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * plan.strikes)
        outcome.struck[await chance.choice(strikes)()] += 1


async def _on_sale(url: str) -> list[str]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        answer = (await client.post(f"{url}/graphql", json={"query": _SHOWTIMES})).json()
    return [one["id"] for one in answer["data"]["showtimes"]["nodes"] if one["status"] == "ON_SALE"][:20]
