"""`eventio keys`: the keys that sign access tokens."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

cli = typer.Typer(no_args_is_help=True)


@cli.callback()
def keys() -> None:
    """Work on the keys that sign access tokens."""


@cli.command()
def rotate() -> None:
    """Make a new signing key; the old one stays published until its tokens have expired, nobody is logged out."""
    key_id = asyncio.run(_rotate())
    Console(stderr=True).print(f"The new key is {key_id}. It signs as soon as every service can know it.")


async def _rotate() -> str:
    from eventio.process import configured_services  # noqa: PLC0415 - see the package's docstring

    async with configured_services() as services:
        return await services.auth.services.keys.rotate()
