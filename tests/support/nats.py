"""A real NATS server for the tests: the one in `EVENTIO_TEST_NATS_URL`, or the wheel's, a process for each test run."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def running_nats(folder: Path) -> Iterator[str]:
    """Start a server with JetStream on a free port and give its address."""
    named = os.environ.get("EVENTIO_TEST_NATS_URL")
    if named:
        yield named
        return
    executable = Path(sys.executable).with_name("nats-server")
    ports = folder / "ports"
    ports.mkdir(parents=True)
    command = [
        str(executable),
        "-a",
        "127.0.0.1",
        "-p",
        "-1",
        "--ports_file_dir",
        str(ports),
        "-js",
        "-sd",
        str(folder),
    ]
    with (folder / "nats.log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            yield _address(ports, process)
        finally:
            process.terminate()
            process.wait(10)


def _address(ports: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for file in ports.glob("nats-server_*.ports"):
            with contextlib.suppress(json.JSONDecodeError, LookupError):
                return str(json.loads(file.read_text())["nats"][0])
        if process.poll() is not None:
            raise RuntimeError("nats-server ended at once")
        time.sleep(0.02)
    raise RuntimeError("nats-server did not tell its port")
