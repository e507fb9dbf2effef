"""`serve`: the router on a port."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from router.app import serve

EXAMPLES = (
    "python -m router serve --supergraph supergraph.graphql",
    "python -m router serve --config router.yaml --port 8080",
    "ROUTER_LOG__FORMAT=json python -m router serve --supergraph supergraph.graphql --host 0.0.0.0",
)


def run(
    *,
    supergraph: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The supergraph's SDL; else as the settings say.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Where to listen; 127.0.0.1 if the settings do not say.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Which port; 4000 if the settings do not say.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, as YAML.")] = None,
) -> None:
    """Serve a supergraph: HTTP, WebSocket and SSE on /graphql, and /health and /ready."""
    serve(supergraph, host=host, port=port, config_path=config)
