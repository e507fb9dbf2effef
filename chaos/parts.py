"""The system's processes as compose.yaml describes them, started again whenever they end, as its engine does."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import httpx

from chaos.servers import NatsServer, PostgresServer
from tests.support.deployment import ROOT, deployment
from tests.support.system import environment, free_port

NAMES = ("auth", "booking", "seat", "router")
_SECRETS = ("POSTGRES_PASSWORD", "EVENTIO_SERVICE_SECRET", "EVENTIO_KEY_SECRET", "EVENTIO_TICKET_SECRET")
_READY_SECONDS = 90


class Part:
    """One process that is kept alive."""

    def __init__(self, name: str, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._command = [sys.executable, "-m", "chaos.faulty", *command]
        self._settings = settings
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = False

    def start(self) -> None:
        """Start it once."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=environment(self._settings), stdout=log, stderr=log
            )

    async def keep(self, deaths: Counter[str]) -> None:
        """Keep it alive until cancelled; counts how it ended."""
        self._wanted = True
        while True:
            if self._process is None or self._process.poll() is not None:
                if self._process is not None:
                    deaths[f"{self.name} ended with {self._process.returncode}"] += 1
                self.start()
            await asyncio.sleep(0.1)

    def kill(self) -> None:
        """Kill -9."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)

    def freeze(self, *, thaw: bool = False) -> None:
        """Stop the process where it is, or let it go on: to others it is a service that does not answer."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT if thaw else signal.SIGSTOP)

    def stop(self) -> None:
        """End it for good."""
        if self._process is not None:
            self.freeze(thaw=True)
            self._process.kill()
            self._process.wait(10)


class Parts:
    """All of them: one of each behind the router, and a second booking and seat that only do background work.

    Attributes:
        url: the router's.
        settings: the environment, for commands such as `eventio check`.
        deaths: how processes ended, counted.
    """

    def __init__(
        self, folder: Path, postgres: PostgresServer, nats: NatsServer, *, deaths: float, without: str, seed: int
    ) -> None:
        self._folder = folder
        ports = {name: free_port() for name in NAMES}
        self.url = f"http://127.0.0.1:{ports['router']}"
        self.deaths: Counter[str] = Counter()
        described = deployment(dict.fromkeys(_SECRETS, "a-secret-of-this-run-only-0123456789"))
        self.settings: dict[str, str] = {}
        for name in NAMES:
            for key, value in described[name].environment.items():
                self.settings[key] = _here(value, ports, nats.url)
        skew = random.Random(seed)
        for name in ("auth", "booking", "seat"):
            prefix = f"EVENTIO_{name.upper()}_"
            self.settings[f"{prefix}DATABASE_URL"] = postgres.url(name)
            self.settings[f"{prefix}DATA_DIR"] = str(folder)
            self.settings[f"{prefix}LOG_LEVEL"] = "warning"
            # Clocks of services differ by seconds.
            self.settings[f"{prefix}CLOCK_OFFSET_SECONDS"] = f"{skew.uniform(-2, 2):.2f}"
        self.settings["EVENTIO_AUTH_EXEMPT_LOOPBACK"] = "true"
        self.settings["EVENTIO_BOOKING_PAYMENT_GRACE_SECONDS"] = "5"
        self.settings["EVENTIO_BOOKING_PAYMENT_ACTION_SECONDS"] = "30"
        self.settings["EVENTIO_BOOKING_SANDBOX_LATE_SECONDS"] = "8"
        self._chaos = {**self.settings, "CHAOS_WITHOUT": without}
        self._deaths_chance = deaths
        self.parts = [self._part(name, name, ports[name]) for name in NAMES]
        self.parts += [self._part(f"{name}-2", name, free_port()) for name in ("booking", "seat")]

    def _part(self, label: str, name: str, port: int) -> Part:
        command = ["serve", name, "--port", str(port)]
        if name == "router":
            command += ["--supergraph", str(ROOT / "supergraph.graphql")]
        armed = {} if name == "router" else {"CHAOS_DEATHS": str(self._deaths_chance)}
        return Part(label, command, {**self._chaos, **armed}, self._folder / f"{label}.log")

    def prepare(self) -> None:
        """Migrate, and fill with demo data."""
        for command in (["migrate"], ["demo"]):
            with (self._folder / f"{command[0]}.log").open("wb") as log:
                subprocess.run(
                    [sys.executable, "-m", "eventio", *command],
                    cwd=ROOT,
                    env=environment(self.settings),
                    stdout=log,
                    stderr=log,
                    check=True,
                    timeout=120,
                )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start all, keep them alive, stop them in the end."""
        keepers = [asyncio.create_task(part.keep(self.deaths)) for part in self.parts]
        try:
            await self.wait_until_ready()
            yield
        finally:
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
            for part in self.parts:
                part.stop()

    async def wait_until_ready(self) -> None:
        """Wait for the router and what stands behind it to answer."""
        query = {"query": "{ me { id } showtimes(first: 1) { nodes { id availability { total } } } }"}
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client, asyncio.timeout(_READY_SECONDS):
            for _ in itertools.count():
                with contextlib.suppress(httpx.HTTPError, ValueError):
                    answer = (await client.post(f"{self.url}/graphql", json=query)).json()
                    if "errors" not in answer and answer["data"]["showtimes"]["nodes"]:
                        return
                await asyncio.sleep(0.2)


def _here(value: str, ports: Mapping[str, int], nats_url: str) -> str:
    for name, port in ports.items():
        value = re.sub(rf"http://{name}:\d+", f"http://127.0.0.1:{port}", value)
    return nats_url if value.startswith("nats://") else value
