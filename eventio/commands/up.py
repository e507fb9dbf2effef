"""`eventio up`: the whole system in one process."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eventio.errors import CannotRun

if TYPE_CHECKING:
    from rich.console import Console

    from eventio.embedded import EmbeddedSystem


def up(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any free one.", min=0, max=65_535)] = 4000,
    data_dir: Annotated[Path, typer.Option(help="Folder for databases, keys and mails.")] = Path("data"),
    demo: Annotated[bool, typer.Option(help="Fill empty databases with demo data.")] = True,
    config: Annotated[Path | None, typer.Option(help="The router's configuration file (YAML).")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "warning",
) -> None:
    """Start the system and serve until Ctrl-C."""
    import uvloop  # noqa: PLC0415 - see the package's docstring

    from eventio.embedded import locked_folder  # noqa: PLC0415
    from router.app import listen  # noqa: PLC0415
    from subgraphs.common.logs import configure_logs  # noqa: PLC0415

    if demo and not is_loopback(host):
        raise CannotRun(
            f"demo accounts have known passwords: with --host {host} start with --no-demo, and make an account with `eventio admin create`"
        )
    configure_logs(log_format="console", level=log_level)
    listener = listen(host, port)
    try:
        with locked_folder(data_dir) as folder:
            uvloop.run(_serve(folder, listener=listener, host=host, demo=demo, config=config))
    except KeyboardInterrupt:
        return
    finally:
        listener.close()


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
