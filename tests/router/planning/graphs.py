"""Supergraphs for the planner's tests, composed from short subgraph schemas."""

from __future__ import annotations

from functools import cache

from router.composition import SubgraphSource, compose
from router.supergraph import Supergraph, load_supergraph
from tests.router.planning.catalogue import CATALOGUE

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@requires", "@provides", '
    '"@external", "@shareable", "@override", "@inaccessible", "@interfaceObject", "@tag"])\n'
)


@cache
def catalogued(topic: str) -> Supergraph:
    """Compose a supergraph of the catalogue, once: it is frozen."""
    return supergraph_of(**CATALOGUE[topic])


def supergraph_of(**subgraphs: str) -> Supergraph:
    """Compose subgraphs, each given by its name and its types."""
    sources = [SubgraphSource(name, f"http://{name}.test/graphql", _LINK + sdl) for name, sdl in subgraphs.items()]
    return load_supergraph(compose(sources).supergraph_sdl)
