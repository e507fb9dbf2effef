"""Serves the embedded system: fills an empty one with demo data, says where it is, waits for Ctrl-C."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from eventio.demo.accounts import ACCOUNTS, PASSWORD
from eventio.demo.apart import finish_filling, start_filling
from eventio.demo.filling import is_empty
from eventio.embedded import embedded_system
from router.config import RouterConfig
from router.server.listening import address_of
from router.server.uvicorn_server import create_server

_FIRST_QUERY: Final = '{ movies(filter: { title: "lord of the rings" }) { nodes { title releaseDate } } }'


async def serve_embedded(folder: Path, listener: socket.socket, *, router_config: RouterConfig, demo: bool) -> None:
    """Serve on an open socket until SIGINT or SIGTERM.

    Args:
        folder: the data folder, taken for this process.
        listener: bound and listening: who connects meanwhile waits.
        router_config: the router's settings.
        demo: whether empty databases are filled.
    """
    out = Console(stderr=True)
    url = address_of(listener)
    async with embedded_system(folder, router_config=router_config, public_url=url) as system:
        if demo and await is_empty(system.services):
            await asyncio.to_thread(finish_filling, start_filling(folder), folder)
        server = create_server(system.router, router_config, front=system.app)
        announced = asyncio.create_task(_announce(server, out, url, demo=demo, mail_folder=system.mail_folder))
        try:
            await server.serve(sockets=[listener])
        finally:
            announced.cancel()


async def _announce(server: Any, out: Console, url: str, *, demo: bool, mail_folder: Path | None) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    out.print(
        f"\n[bold]Eventio[/] serves GraphQL on [bold]{url}/graphql[/]; GraphiQL: [bold]{url}/graphiql[/]",
        soft_wrap=True,
    )
    if demo:
        out.print(f"\nAccounts, all with the password [bold]{PASSWORD}[/]:")
        for account in ACCOUNTS:
            out.print(f"  {account.email:28} {account.role.value.lower()}", highlight=False)
    out.print("\nA first query:")
    out.print(f"  {_FIRST_QUERY}", highlight=False, markup=False, soft_wrap=True)
    if mail_folder is not None:
        out.print(
            f"\nMails (tickets, tokens) become files in {mail_folder}: a mail program opens them.", highlight=False
        )
    out.print("\nCtrl-C ends it; the data stay.")
