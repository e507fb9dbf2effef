"""`eventio admin`: people who run the system."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eventio.errors import CannotRun

cli = typer.Typer(no_args_is_help=True)


@cli.callback()
def admin() -> None:
    """Work on the people who run the system."""


@cli.command()
def create(
    email: Annotated[str, typer.Argument(help="Email address, the login.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar="EVENTIO_ADMIN_PASSWORD",
            help="10 to 128 characters.",
        ),
    ],
    name: Annotated[str, typer.Option(help="Shown name.")] = "Administrator",
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder with the SQLite files; by default what the environment names.")
    ] = None,
) -> None:
    """Create an account with the role ADMIN. The password is asked for, or read from EVENTIO_ADMIN_PASSWORD."""
    asyncio.run(_create(email, name, password, data_dir=data_dir))
    Console(stderr=True).print(f"{email} is an admin now.")


async def _create(email: str, name: str, password: str, *, data_dir: Path | None) -> None:
    from eventio.process import configured_services  # noqa: PLC0415 - see the package's docstring
    from subgraphs.common.errors import DomainError  # noqa: PLC0415
    from subgraphs.common.identity import Role  # noqa: PLC0415

    async with configured_services(data_dir=data_dir) as services:
        try:
            await services.auth.services.registration.create_user(email, password, name, role=Role.ADMIN)
        except DomainError as error:
            raise CannotRun(error.message) from error
