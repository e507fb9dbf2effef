"""`eventio import`: data from files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from subgraphs.booking.service.importing import ImportReport

cli = typer.Typer(no_args_is_help=True)


@cli.callback()
def importing() -> None:
    """Import data from files."""


@cli.command()
def movies(
    file: Annotated[
        Path, typer.Argument(help="A JSON list of films, like eventio/data/movies.json.", show_default=False)
    ],
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder with the SQLite files; by default what the environment names.")
    ] = None,
) -> None:
    """Import films. What is usable is imported, as often as one likes; each row left out is told with its reason."""
    from eventio.films import read_rows  # noqa: PLC0415 - see the package's docstring

    rows = read_rows(file)
    report = asyncio.run(_import(rows, data_dir))
    out = Console(stderr=True)
    for left_out in report.left_out:
        out.print(f"row {left_out.row}: left out: {escape(left_out.reason)}", highlight=False)
    out.print(
        f"{len(rows)} rows: {report.imported} imported, {report.updated} updated, {report.unchanged} unchanged, "
        f"{len(report.left_out)} left out."
    )


async def _import(rows: list[object], data_dir: Path | None) -> ImportReport:
    from eventio.process import configured_services  # noqa: PLC0415 - see the package's docstring
    from eventio.progress import progress  # noqa: PLC0415

    async with configured_services(data_dir=data_dir, migrate=data_dir is not None) as services:
        with progress(Console(stderr=True)) as show:
            return await services.booking.catalogue.importer.import_movies(
                rows, progress=lambda done, total: show("Importing films", done, total)
            )
