"""Starts what is measured on one core, so that the load has the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 90


@dataclass(frozen=True)
class Measured:
    """A started server.

    Attributes:
        url: where it listens.
        process: for its CPU time and memory, children included.
        seconds_to_ready: from the start of the process to the first 200 of `/ready`.
    """

    url: str
    process: psutil.Process
    seconds_to_ready: float

    def cpu_seconds(self) -> float:
        """Give the CPU time used so far, user and system."""
        total = 0.0
        for process in (self.process, *self.process.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
        return total

    def resident_megabytes(self) -> float:
        """Give the memory that it holds now."""
        processes = (self.process, *self.process.children(recursive=True))
        return sum(process.memory_info().rss for process in processes) / 1e6


def keep_the_load_off_the_servers_core() -> None:
    """Pin this process to the last core; servers get the first."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _pin_to_first_core() -> None:
    os.sched_setaffinity(0, {0})


@contextlib.asynccontextmanager
async def running(arguments: Sequence[str], *, port: int, log: Path) -> AsyncIterator[Measured]:
    """Run a Python module as a server until the end of the block."""
    started = time.perf_counter()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("EVENTIO_", "ROUTER_"))},
        # One machine plays hundreds of people.
        "EVENTIO_AUTH_EXEMPT_LOOPBACK": "true",
        "ROUTER_LOG__ACCESS": "false",
    }
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_pin_to_first_core,  # noqa: PLW1509 - no threads before the fork
        )
    url = f"http://127.0.0.1:{port}"
    try:
        await _until_ready(url, popen, log)
        yield Measured(url, psutil.Process(popen.pid), time.perf_counter() - started)
    finally:
        popen.send_signal(signal.SIGINT)
        popen.wait(15)


async def _until_ready(url: str, popen: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < deadline and popen.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{url}/ready")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.02)
    raise RuntimeError(f"{url} did not become ready:\n{log.read_text(errors='replace')}")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
