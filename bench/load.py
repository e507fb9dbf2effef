"""`make load`: starts the system, sends Locust's users through it, writes the HTML report."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.server import ROOT, free_port, running


def main(
    users: Annotated[int, typer.Option(help="How many people.")] = 300,
    seconds: Annotated[int, typer.Option(help="For how long.")] = 60,
    spawn_rate: Annotated[float, typer.Option(help="How many come each second.")] = 20.0,
    host: Annotated[str | None, typer.Option(help="A system that runs already; else one is started.")] = None,
    report: Annotated[Path, typer.Option(help="The HTML report.")] = ROOT / "reports" / "load.html",
) -> None:
    """Walk the journey with many users."""
    report.parent.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "locust", "-f", str(ROOT / "bench" / "locustfile.py"), "--headless", "--only-summary",
        "--users", str(users), "--spawn-rate", str(spawn_rate), "--run-time", f"{seconds}s", "--stop-timeout", "10",
        "--html", str(report),
    ]  # fmt: skip
    code = subprocess.call([*command, "--host", host], cwd=ROOT) if host else asyncio.run(_started(command))
    Console().print(f"Report: {report}")
    raise typer.Exit(code)


async def _started(command: list[str]) -> int:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="eventio-load-") as folder:
        arguments = ["-m", "eventio", "up", "--port", str(port), "--data-dir", f"{folder}/data"]
        async with running(arguments, port=port, log=Path(folder) / "up.log") as server:
            process = await asyncio.create_subprocess_exec(*command, "--host", server.url, cwd=ROOT)
            return await process.wait()


if __name__ == "__main__":
    typer.run(main)
