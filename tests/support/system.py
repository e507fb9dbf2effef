"""The started system, as its users meet it: processes, ports, real databases."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.support.deployment import deployment
from tests.support.postgres import fresh_postgres_database

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 60
_STOP_SECONDS = 10
_CHECK_SECONDS = 60
_SECRETS = ("POSTGRES_PASSWORD", "EVENTIO_SERVICE_SECRET", "EVENTIO_KEY_SECRET", "EVENTIO_TICKET_SECRET")


@dataclass
class Process:
    """A started command and what it printed."""

    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to end, as Ctrl-C does; gives the exit code."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGINT)
        try:
            return self.popen.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            raise


@dataclass
class System:
    """A running system."""

    url: str
    folder: Path
    processes: list[Process] = field(default_factory=list)

    @property
    def websocket_url(self) -> str:
        return self.url.replace("http://", "ws://") + "/graphql"


def free_port() -> int:
    """Find a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment without settings of Eventio, and with changes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EVENTIO_", "ROUTER_"))}
    # The suite's filters are for the tests' own process.
    return {**kept, "PYTHONWARNINGS": "default", **changes}


def start(arguments: Sequence[str], *, log: Path, changes: Mapping[str, str] | None = None) -> Process:
    """Start `eventio …` as a process of its own."""
    with log.open("wb") as file:
        popen = subprocess.Popen(
            [sys.executable, "-m", "eventio", *arguments],
            cwd=ROOT,
            env=environment(changes or {}),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    return Process(popen, log)


async def wait_until_ready(url: str, process: Process) -> None:
    """Wait for `GET /ready` to answer 200; fails with what the process printed."""
    deadline = time.monotonic() + _START_SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline:
            if process.popen.poll() is not None:
                raise AssertionError(f"it ended with {process.popen.returncode}:\n{process.output}")
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{url}/ready")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError(f"not ready within {_START_SECONDS} s:\n{process.output}")


async def assert_books_agree(folder: Path, *options: str, changes: Mapping[str, str] | None = None) -> None:
    """Run `eventio check`, as whoever operates the system does, while it runs; fails with what it found."""
    process = start(["check", "--json", *options], log=folder / "check.log", changes=changes)
    code = await asyncio.to_thread(process.popen.wait, _CHECK_SECONDS)
    assert code == 0, process.output


@contextlib.contextmanager
def stopped_in_the_end(processes: list[Process]) -> Iterator[None]:
    """Stop what was started, last first."""
    try:
        yield
    finally:
        for process in reversed(processes):
            process.stop()


@contextlib.asynccontextmanager
async def embedded_system(
    folder: Path, *options: str, changes: Mapping[str, str] | None = None
) -> AsyncIterator[System]:
    """Run `eventio up` on a free port with its data in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    arguments = ["up", "--port", str(port), "--data-dir", str(folder / "data"), *options]
    system = System(f"http://127.0.0.1:{port}", folder)
    with stopped_in_the_end(system.processes):
        system.processes.append(start(arguments, log=folder / "up.log", changes=changes))
        await wait_until_ready(system.url, system.processes[0])
        yield system
        await assert_books_agree(folder, "--data-dir", str(folder / "data"))


def _here(value: str, ports: Mapping[str, int], nats_url: str) -> str:
    """Translate the address of a container."""
    for name, port in ports.items():
        value = re.sub(rf"http://{name}:\d+", f"http://127.0.0.1:{port}", value)
    return nats_url if value.startswith("nats://") else value


def _moved(command: Sequence[str], port: int, payments_port: int) -> list[str]:
    """Give a container's command with this machine's address, ports and files, without the program's name."""
    replaced = {"--host": "127.0.0.1", "--port": str(port), "--payments-port": str(payments_port)}
    replaced["--supergraph"] = str(ROOT / "supergraph.graphql")
    return [replaced.get(before, word) for before, word in itertools.pairwise(command)]


@contextlib.asynccontextmanager
async def distributed_system(
    folder: Path, *, nats_url: str, changes: Mapping[str, str] | None = None
) -> AsyncIterator[System]:
    """Run what compose.yaml describes: its commands with its environment, as processes on real PostgreSQL and NATS.

    Only addresses differ: names of containers become ports of this machine.
    """
    parts = deployment(dict.fromkeys(_SECRETS, "a-secret-of-this-test-run-only-0123456789"))
    ports = {name: free_port() for name in ("auth", "booking", "seat", "router")}
    payments_port = free_port()
    async with contextlib.AsyncExitStack() as stack:
        settings: dict[str, str] = {}
        for name in ports:
            settings |= {key: _here(value, ports, nats_url) for key, value in parts[name].environment.items()}
        for name in ("auth", "booking", "seat"):
            settings[f"EVENTIO_{name.upper()}_DATABASE_URL"] = await stack.enter_async_context(
                fresh_postgres_database()
            )
            settings[f"EVENTIO_{name.upper()}_DATA_DIR"] = str(folder / name)
            (folder / name).mkdir(parents=True)
        settings["EVENTIO_BOOKING_PAYMENT_PAGE_URL"] = f"http://127.0.0.1:{payments_port}"
        settings |= dict(changes or {})
        for command in (["migrate"], ["demo"]):
            prepared = start(command, log=folder / f"{command[0]}.log", changes=settings)
            if prepared.popen.wait(_START_SECONDS) != 0:
                raise AssertionError(prepared.output)
        system = System(f"http://127.0.0.1:{ports['router']}", folder)
        stack.enter_context(stopped_in_the_end(system.processes))
        for name, port in ports.items():
            command = _moved(parts[name].command, port, payments_port)
            process = start(command, log=folder / f"{name}.log", changes=settings)
            system.processes.append(process)
        for (_, port), process in zip(ports.items(), system.processes, strict=True):
            await wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield system
        await assert_books_agree(folder, changes=settings)
