"""`eventio up`: the whole system in one process."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from pathlib import Path
from typing import Annotated

import typer

from eventio.errors import CannotRun


def up(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65_535)] = 4000,
    data_dir: Annotated[Path, typer.Option(help="Folder for databases, keys and mails.")] = Path("data"),
    demo: Annotated[bool, typer.Option(help="Fill empty databases with demo data.")] = True,  # noqa: FBT002 - Typer
    config: Annotated[Path | None, typer.Option(help="The router's configuration file (YAML).")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "warning",
) -> None:
    """Start the system and serve until Ctrl-C."""
    from eventio.embedded import locked_folder  # noqa: PLC0415 - see the package's docstring
    from router.server.listening import listen  # noqa: PLC0415
    from subgraphs.common.logs import configure_logs  # noqa: PLC0415

    if demo and not is_loopback(host):
        raise CannotRun(
            f"demo accounts have known passwords: with --host {host} start with --no-demo, "
            "and make an account with `eventio admin create`"
        )
    configure_logs(log_format="console", level=log_level)
    with contextlib.closing(listen(host, port)) as listener, locked_folder(data_dir) as folder:
        _serve(folder, listener, demo=demo, config=config)


def _serve(folder: Path, listener: socket.socket, *, demo: bool, config: Path | None) -> None:
    from eventio.demo.apart import finish_filling, is_new, start_filling  # noqa: PLC0415 - see the package's docstring

    filling = start_filling(folder) if demo and is_new(folder) else None

    import uvloop  # noqa: PLC0415

    from eventio.graphiql import router_config  # noqa: PLC0415
    from eventio.run import serve_embedded  # noqa: PLC0415

    with contextlib.suppress(KeyboardInterrupt):
        if filling is not None:
            finish_filling(filling, folder)
        uvloop.run(serve_embedded(folder, listener, router_config=router_config(config), demo=demo))


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
