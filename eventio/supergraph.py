"""`supergraph.graphql`: composed from the three schemas, kept in the repository, never edited by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from eventio.services import NAMES, PORTS, schema_of

FILE: Final = Path(__file__).resolve().parent.parent / "supergraph.graphql"


def compose_supergraph() -> str:
    """Compose the three schemas.

    Raises:
        router.composition.CompositionFailed: they do not fit; its errors say where.
    """
    from router.composition import SubgraphSource, compose  # noqa: PLC0415 - not needed to serve

    sources = [SubgraphSource(name, f"http://127.0.0.1:{PORTS[name]}/graphql", schema_of(name)) for name in NAMES]
    return compose(sources).supergraph_sdl


def read_supergraph() -> str:
    """Read the composed file."""
    return FILE.read_text(encoding="utf-8")
