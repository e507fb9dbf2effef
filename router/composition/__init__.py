"""From subgraph SDLs to a supergraph SDL, and why not."""

from __future__ import annotations

from router.composition.errors import CompositionError, CompositionFailed, Hint
from router.composition.pipeline import CompositionResult, compose
from router.composition.reading import SubgraphSource

__all__ = ["CompositionError", "CompositionFailed", "CompositionResult", "Hint", "SubgraphSource", "compose"]
