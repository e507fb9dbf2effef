"""`eventio check`: do the books agree?"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from eventio.checking.check import Report

_SHOWN_PER_INVARIANT = 20


def check(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder with the SQLite files; by default what the environment names.")
    ] = None,
    pause: Annotated[float, typer.Option(help="Seconds between two looks at what seems wrong.", min=0)] = 2.0,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document, with every breach.")] = False,
) -> None:
    """Check every invariant that the databases can show; exits 1 on any breach.

    Nothing is written and nothing locked: it may run while the system sells. What seems wrong is read again a few
    times, as a sale may be under way, and only called a breach when it stays.
    """
    report = asyncio.run(_check(data_dir, pause=pause, quiet=json))
    if json:
        typer.echo(_as_json(report))
    else:
        _print(report)
    if report.breaches:
        raise typer.Exit(1)


async def _check(data_dir: Path | None, *, pause: float, quiet: bool) -> Report:
    from eventio.checking.check import Check, Patience  # noqa: PLC0415 - see the package's docstring
    from eventio.checking.reading import open_books  # noqa: PLC0415
    from eventio.progress import progress  # noqa: PLC0415

    async with open_books(data_dir) as reader:
        found = Check(reader, patience=Patience(pause=pause))
        if quiet:
            return await found.run()
        with progress(Console(stderr=True)) as show:
            return await found.run(told=lambda done, total: show("showtimes", done, total))


def _print(report: Report) -> None:
    from eventio.checking.invariants import INVARIANTS  # noqa: PLC0415 - see the package's docstring

    out = Console(highlight=False, soft_wrap=True)
    for invariant in INVARIANTS:
        found = [breach for breach in report.breaches if breach.invariant == invariant.code]
        verdict = f"[bold red]{len(found)} breaches[/]" if found else "[green]holds[/]"
        out.print(f"{invariant.code:>4}  {invariant.sentence}: {verdict}")
        for breach in found[:_SHOWN_PER_INVARIANT]:
            out.print(f"        {escape(breach.subject)}: {escape(breach.detail)}")
        if len(found) > _SHOWN_PER_INVARIANT:
            out.print(f"        and {len(found) - _SHOWN_PER_INVARIANT} more: see --json")
    out.print(f"\n{report.showtimes} showtimes, {report.bookings} bookings read; {report.under_way} sales under way.")
    if report.overdue:
        listed = ", ".join(report.overdue[:5])
        out.print(
            f"[yellow]{len(report.overdue)} of them wait longer than they should[/] (is every service running, and the "
            f"payment provider to be reached?): {escape(listed)}"
        )


def _as_json(report: Report) -> str:
    return orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2).decode()
