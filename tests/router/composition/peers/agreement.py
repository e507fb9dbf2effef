"""Whether two composers say the same of subgraphs, and what another one made of them."""

from __future__ import annotations

from collections.abc import Sequence

from router.composition import CompositionFailed, SubgraphSource, compose
from tests.router.composition.peers.process import Composed, PeerFailed, Peers

# Apollo's composition ends at the first of these in a subgraph and forgets what else it found there.
_ENDS_EARLY = frozenset({"PROVIDES_ON_NON_OBJECT_FIELD", "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE"})
# Ours does not look any further at a subgraph with one of these, nor either at a type of two kinds.
_ENDS_HERE = frozenset({"DIRECTIVE_DEFINITION_INVALID", "TYPE_DEFINITION_INVALID", "UNKNOWN_FEDERATION_LINK_VERSION"})
_ENDS_EITHER = "TYPE_KIND_MISMATCH"
# Apollo's gives up on some requirements that can be had (through a labelled override, or after long ways): it refuses.
_GIVES_UP = "cannot satisfy @require conditions"
THROWN = Composed(sdl=None, codes=frozenset({"THROWN"}), messages=(), hints=frozenset())
"""What a composer says that fails on the subgraphs with an exception of its own."""


def composed_here(subgraphs: Sequence[SubgraphSource]) -> Composed:
    """Compose subgraphs with the router's own composition."""
    try:
        result = compose(subgraphs)
    except CompositionFailed as failed:
        codes = frozenset(error.code for error in failed.errors)
        return Composed(sdl=None, codes=codes, messages=tuple(map(str, failed.errors)), hints=frozenset())
    return Composed(
        sdl=result.supergraph_sdl,
        codes=frozenset(),
        messages=(),
        hints=frozenset((hint.code, None) for hint in result.hints),
    )


def composed_by_apollo(peers: Peers, subgraphs: Sequence[SubgraphSource]) -> Composed:
    """Compose subgraphs with Apollo's composition."""
    try:
        return peers.compose("apollo", subgraphs)
    except PeerFailed:
        return THROWN


def disagreement(ours: Composed, theirs: Composed) -> str | None:
    """Say on what Apollo's composition and ours disagree: accepting, codes, hints; None if on nothing."""
    if theirs is THROWN:
        return None if ours.codes else "Apollo's throws, and ours accepts"
    if theirs.codes & _ENDS_EARLY and theirs.codes <= ours.codes:
        return None
    if ours.codes & _ENDS_HERE and ours.codes <= theirs.codes:
        return None
    if _ENDS_EITHER in ours.codes & theirs.codes:
        return None
    if ours.sdl is not None and theirs.messages and all(_GIVES_UP in message for message in theirs.messages):
        return None
    if ours.codes != theirs.codes:
        return f"codes: ours {sorted(ours.codes)}, Apollo's {sorted(theirs.codes)}"
    hints = [{code for code, _ in one.hints} for one in (ours, theirs)]
    return f"hints: ours {sorted(hints[0])}, Apollo's {sorted(hints[1])}" if hints[0] != hints[1] else None
