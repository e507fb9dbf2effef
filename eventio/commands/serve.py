"""`eventio serve`: one service, or the router, as a process of its own."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from eventio.errors import CannotRun

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class Part(Enum):
    """What can be served."""

    AUTH = "auth"
    BOOKING = "booking"
    SEAT = "seat"
    ROUTER = "router"


def serve(
    part: Annotated[Part, typer.Argument(help="Which one.", show_default=False)],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="Port; 4000 for the router, 4001 to 4003 else.")] = None,
    payments_port: Annotated[
        int | None,
        typer.Option(help="For booking: a second port, to be published, with the payment webhooks and nothing else."),
    ] = None,
    supergraph: Annotated[Path | None, typer.Option(help="For the router: another supergraph file.")] = None,
    config: Annotated[Path | None, typer.Option(help="For the router: a configuration file (YAML).")] = None,
) -> None:
    """Start it and serve until SIGTERM or Ctrl-C."""
    if part is Part.ROUTER:
        _serve_router(host, port, supergraph, config)
    else:
        if payments_port is not None and part is not Part.BOOKING:
            raise CannotRun("--payments-port is booking's: nobody else takes payments")
        _serve_subgraph(part.value, host, port, payments_port)


def _serve_subgraph(name: str, host: str, port: int | None, payments_port: int | None) -> None:
    import uvicorn  # noqa: PLC0415 - see the package's docstring

    from eventio.commands.up import is_loopback  # noqa: PLC0415
    from eventio.payment_door import PaymentDoor  # noqa: PLC0415
    from eventio.services import PORTS, service_kind  # noqa: PLC0415
    from router.server.listening import listen  # noqa: PLC0415
    from subgraphs.common.logs import configure_logs  # noqa: PLC0415
    from subgraphs.common.settings import DEVELOPMENT_SECRET  # noqa: PLC0415
    from subgraphs.common.wiring import Surroundings  # noqa: PLC0415

    kind = service_kind(name)
    settings = kind.settings()
    if settings.service_secret.get_secret_value() == DEVELOPMENT_SECRET and not is_loopback(host):
        raise CannotRun(f"EVENTIO_{name.upper()}_SERVICE_SECRET is not set: beyond this machine it has to be")
    configure_logs(log_format=settings.log_format, level=settings.log_level)
    listeners = [listen(host, PORTS[name] if port is None else port)]
    asyncio.run(kind.require_current(settings))
    service: ASGIApp = kind.create(settings, Surroundings.of(settings))
    if payments_port is not None:
        listeners.append(listen(host, payments_port))
        service = PaymentDoor(service, listeners[-1].getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            service,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    Console(stderr=True).print(f"{name} serves on http://{host}:{listeners[0].getsockname()[1]}/graphql")
    try:
        server.run(sockets=listeners)
    except KeyboardInterrupt:
        return
    if not server.started:
        raise CannotRun(f"{name} could not start: the lines above say why")


def _serve_router(host: str, port: int | None, supergraph: Path | None, config: Path | None) -> None:
    from eventio.graphiql import router_config  # noqa: PLC0415 - see the package's docstring
    from eventio.supergraph import FILE  # noqa: PLC0415
    from router.app import build_router, configure_logging, read_supergraph  # noqa: PLC0415
    from router.server.listening import listen  # noqa: PLC0415
    from router.server.uvicorn_server import create_server  # noqa: PLC0415

    settings = router_config(config, host=host, port=port, supergraph=supergraph)
    configure_logging(settings.log)
    app = build_router(settings, read_supergraph(settings.supergraph or FILE))
    listener = listen(settings.host, settings.port)
    Console(stderr=True).print(f"router serves on http://{host}:{listener.getsockname()[1]}/graphql")
    try:
        create_server(app, settings).run(sockets=[listener])
    except KeyboardInterrupt:
        return
