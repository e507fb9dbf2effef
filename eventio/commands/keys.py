"""`eventio keys`: the keys that sign access tokens."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

cli = typer.Typer(no_args_is_help=True)


@cli.callback()
def keys() -> None:
    """Work on the keys that sign access tokens."""


@cli.command()
def rotate(
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder with the SQLite files; by default what the environment names.")
    ] = None,
) -> None:
    """Make a new signing key; the old one stays published until its tokens have expired, nobody is logged out."""
    key_id = asyncio.run(_rotate(data_dir))
    Console(stderr=True).print(f"The new key is {key_id}. It signs as soon as every service can know it.")


async def _rotate(data_dir: Path | None) -> str:
    from eventio.process import configured_services  # noqa: PLC0415 - see the package's docstring

    async with configured_services(data_dir=data_dir) as services:
        return await services.auth.services.keys.rotate()
