"""`make bench`: startup, memory, and the journey's operations on the embedded system; JSON in `reports/`."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, Final

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from bench import operations
from bench.load_client import Call, Connection, Result, measure
from bench.report import surroundings
from bench.router.executing import executing_rows
from bench.router.planning import Row, planning_rows
from bench.server import ROOT, Measured, free_port, keep_the_load_off_the_servers_core, running

ROUTER_PARTS: Final = {"planning": planning_rows, "executing": executing_rows}
"""The router alone, in this process."""

PARTS: Final = ("search", "map-packed", "map-list", "hold", "book", "pay", "journey")
_REQUESTS: Final = {
    "search": 1_500,
    "map-packed": 4_000,
    "map-list": 1_500,
    "hold": 1_000,
    "book": 300,
    "pay": 300,
    "journey": 400,
}
_NOT_COUNTED: Final = 100
"""Calls that `measure` makes before it counts: to warm up, and alone."""


def main(
    parts: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join((*ROUTER_PARTS, *PARTS))}; all by default.")
    ] = None,
    scale: Annotated[float, typer.Option(help="Times the usual number of requests to the system.")] = 1.0,
    output: Annotated[Path, typer.Option(help="Where the JSON goes.")] = ROOT / "reports" / "bench.json",
) -> None:
    """Measure the router alone, and the embedded system with demo data."""
    chosen = tuple(parts or (*ROUTER_PARTS, *PARTS))
    unknown = set(chosen) - set(PARTS) - set(ROUTER_PARTS)
    if unknown:
        raise typer.BadParameter(f"there is no part {min(unknown)!r}: {', '.join((*ROUTER_PARTS, *PARTS))}")
    keep_the_load_off_the_servers_core()
    report: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **surroundings()}
    Console().print(f"commit {report['commit']}, {report['machine']}")
    report["router"] = _measure_router([part for part in chosen if part in ROUTER_PARTS])
    system = tuple(part for part in chosen if part in PARTS)
    if system:
        with tempfile.TemporaryDirectory(prefix="eventio-bench-") as folder:
            report |= asyncio.run(_run(Path(folder), system, scale))
        _print(report)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    Console().print(f"[dim]JSON: {output}[/]")


def _measure_router(parts: list[str]) -> dict[str, list[Row]]:
    """Measure the router alone; print each table, and give its rows by its name."""
    tables: dict[str, list[Row]] = {}
    for part in parts:
        for name, rows in groupby(ROUTER_PARTS[part](), key=itemgetter(0)):
            tables[name] = [row for _, row in rows]
            _print_rows(name, tables[name])
    return tables


def _print_rows(name: str, rows: list[Row]) -> None:
    table = Table(*rows[0], title=name, title_justify="left")
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


async def _run(folder: Path, chosen: tuple[str, ...], scale: float) -> dict[str, Any]:
    report: dict[str, Any] = {}
    report["yardstick"] = asdict(await _yardstick(folder))
    port = free_port()
    arguments = ["-m", "eventio", "up", "--port", str(port), "--data-dir", str(folder / "data")]
    async with running(arguments, port=port, log=folder / "first.log") as server:
        report["first_start_seconds"] = server.seconds_to_ready
        stopping = time.perf_counter()
    report["stop_seconds"] = time.perf_counter() - stopping
    async with running(arguments, port=port, log=folder / "second.log") as server:
        report["second_start_seconds"] = server.seconds_to_ready
        await asyncio.sleep(2)
        report["memory_at_rest_mb"] = server.resident_megabytes()
        report["parts"] = [asdict(result) for result in await _measure_parts(server, chosen, scale)]
        report["memory_after_mb"] = server.resident_megabytes()
    return report


async def _yardstick(folder: Path) -> Result:
    port = free_port()
    async with running(["-m", "bench.yardstick", str(port)], port=port, log=folder / "yardstick.log") as server:

        async def call(connection: Connection, _number: int) -> None:
            await connection.raw(b'{"query":"{ text }"}')

        return await measure("bare ASGI server, 2 KB", server, call, requests=5_000)


async def _measure_parts(server: Measured, chosen: tuple[str, ...], scale: float) -> list[Result]:
    results: list[Result] = []
    async with aiohttp.ClientSession(trust_env=False) as session:
        connection = Connection(session, server.url)
        stage = await operations.set_stage(connection)
        for part in chosen:
            requests = max(int(_REQUESTS[part] * scale), 100)
            call = await _call_of(part, connection, stage, requests + _NOT_COUNTED)
            results.append(await measure(part, server, call, requests=requests))
    return results


async def _call_of(part: str, connection: Connection, stage: operations.Stage, calls: int) -> Call:
    match part:
        case "search":
            return operations.search()
        case "map-packed":
            return operations.seat_map(stage.hall_id, operations.MAP_PACKED)
        case "map-list":
            return operations.seat_map(stage.hall_id, operations.MAP_LIST)
        case "hold":
            return operations.hold_and_release(stage)
        case "book" | "pay":
            made = await operations.ready(connection, stage, calls, booked=part == "pay")
            return operations.pay(made) if part == "pay" else operations.book(made)
        case _:
            return operations.journey(stage)


def _print(report: dict[str, Any]) -> None:
    out = Console()
    out.print(
        f"first start {report['first_start_seconds']:.1f} s, second {report['second_start_seconds']:.1f} s, "
        f"stop {report['stop_seconds']:.1f} s; "
        f"memory at rest {report['memory_at_rest_mb']:.0f} MB, after load {report['memory_after_mb']:.0f} MB"
    )
    table = Table("what", "a second", "CPU ms", "x yardstick", "median ms alone", "median ms", "p99 ms")
    bare = report["yardstick"]["cpu_ms"]
    for row in (report["yardstick"], *report["parts"]):
        table.add_row(
            row["name"],
            f"{row['requests'] / row['seconds']:.0f}",
            f"{row['cpu_ms']:.3f}",
            f"{row['cpu_ms'] / bare:.1f}",
            f"{row['median_alone_ms']:.1f}",
            f"{row['median_ms']:.1f}",
            f"{row['p99_ms']:.1f}",
        )
    out.print(table)


if __name__ == "__main__":
    typer.run(main)
