"""Walks through a guide in Markdown and does what it says: commands run, and print what stands below them.

Commands that serve are started and left running, on ports of this walk's own; the others are run one after the other.
Blocks that install packages are not run.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVES = re.compile(r"-m (?:uvicorn|router serve) .*?")
_INSTALLS = re.compile(r"\bpip install\b")
_PATIENCE = 60.0


@dataclass(frozen=True)
class Block:
    """A code block: its language and its text."""

    language: str
    text: str

    @property
    def installs(self) -> bool:
        """Whether it changes the environment, which a test must not."""
        return self.language == "sh" and _INSTALLS.search(self.text) is not None

    @property
    def serves(self) -> bool:
        """Whether it is a command that does not end."""
        return self.language == "sh" and _SERVES.search(self.text) is not None


def blocks_of(text: str) -> list[Block]:
    """Read the code blocks of a Markdown text, in their order."""
    return [Block(language, content) for language, content in _BLOCK.findall(text)]


class Walk:
    """One walk through a guide.

    Args:
        replaced: what is written otherwise in commands and outputs: the guide's folders and programs.
        ports: the guide's ports, and the ports of this walk.
    """

    def __init__(self, replaced: Mapping[str, str], ports: Mapping[int, int]) -> None:
        self._replaced = dict(replaced)
        self._ports = dict(ports)
        self._serving: list[subprocess.Popen[bytes]] = []
        self._printed = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._serving:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)
        for process in self._serving:
            process.wait(_PATIENCE)

    def go(self, blocks: list[Block]) -> Iterator[Block]:
        """Do what the blocks say; gives each block that was looked at."""
        for block in blocks:
            if block.installs:
                continue
            if block.serves:
                self.serve(self._mine(block.text))
            elif block.language == "sh":
                self._printed = self._run(self._mine(block.text))
            elif block.language == "json":
                assert json.loads(self._printed) == json.loads(self._mine(block.text))
            elif block.language == "text":
                assert self._printed.strip().splitlines() == self._mine(block.text).strip().splitlines()
            yield block

    def _mine(self, text: str) -> str:
        for old, new in self._replaced.items():
            text = text.replace(old, new)
        for old_port, new_port in self._ports.items():
            text = re.sub(rf"\b{old_port}\b", str(new_port), text)
        return text

    def _run(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-ec", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def serve(self, command: str) -> None:
        """Start what does not end, and wait until it listens."""
        arguments = shlex.split(command)
        # The guide serves on the router's default port, which is not this walk's.
        port = int(arguments[arguments.index("--port") + 1]) if "--port" in arguments else self._ports[4000]
        if "--port" not in arguments:
            arguments += ["--port", str(port)]
        quiet = os.environ | {"ROUTER_LOG__LEVEL": "warning"}
        process = subprocess.Popen(arguments, cwd=ROOT, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._serving.append(process)
        _wait_for(port, process)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"{process.args!r} has ended with {process.returncode}"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


def free_ports(count: int) -> list[int]:
    """Find ports that nobody uses at this moment."""
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


PYTHON = {".venv/bin/python": sys.executable}
