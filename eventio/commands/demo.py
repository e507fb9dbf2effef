"""`eventio demo`: demo data."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eventio.errors import CannotRun


def demo(
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Folder with the SQLite files, migrated first; by default what the environment names."),
    ] = None,
) -> None:
    """Fill empty databases with cinemas, films, two weeks of showtimes, sold seats."""
    asyncio.run(_fill(data_dir))


async def _fill(data_dir: Path | None) -> None:
    from eventio.demo.filling import fill, is_empty  # noqa: PLC0415 - see the package's docstring
    from eventio.process import configured_services  # noqa: PLC0415
    from eventio.progress import progress  # noqa: PLC0415
    from subgraphs.common.logs import configure_logs  # noqa: PLC0415

    configure_logs(log_format="console", level="warning")
    async with configured_services(data_dir=data_dir, migrate=data_dir is not None) as services:
        if not await is_empty(services):
            raise CannotRun("the databases hold cinemas already: demo data go into empty ones only")
        with progress(Console(stderr=True)) as show:
            await fill(services, show=show)
