"""The router with both subgraphs in one process, and callers told by their token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import books
import reviews

from router.app import build_router
from router.composition import SubgraphSource, compose
from router.config import load_config
from router.supergraph import ANONYMOUS, Caller
from router.transport import AsgiTransport

TOKENS = {"Bearer a-readers-token": Caller(authenticated=True, scopes=frozenset({"reviews:read"}))}


async def identify(headers: Mapping[str, str]) -> Caller:
    """Tell who sends a request; a real one checks a signature here."""
    return TOKENS.get(headers.get("authorization", ""), ANONYMOUS)


supergraph = compose(
    [
        SubgraphSource("books", "http://books/graphql", books.schema.as_str()),
        SubgraphSource("reviews", "http://reviews/graphql", Path(__file__).with_name("reviews.graphql").read_text()),
    ]
)
app = build_router(
    load_config(),
    supergraph.supergraph_sdl,
    AsgiTransport({"books": books.app, "reviews": reviews.app}),
    identify=identify,
)
