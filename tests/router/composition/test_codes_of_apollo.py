"""Every code that Apollo's composition can refuse with is in the corpus, or it says here why not."""

from __future__ import annotations

import pytest

from router.composition.codes import ADVICE
from tests.router.composition.corpus_cases import TOPICS, cases

_SUPERGRAPH = "It is about reading a supergraph, not about composing one."
UNREACHED = {
    "DISALLOWED_INACCESSIBLE": "It is about types of GraphQL itself: no subgraph can mark those.",
    "DOWNSTREAM_SERVICE_ERROR": "It is about fetching schemas from running subgraphs.",
    "INVALID_FEDERATION_SUPERGRAPH": _SUPERGRAPH,
    "INVALID_SUBGRAPH_NAME": "A name is no part of a case: test_pipeline.py has it.",
    "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED": "A type is looked at for each set of subgraphs, not for each path.",
    "UNKNOWN_LINK_VERSION": "Apollo's composition reports INVALID_LINK_DIRECTIVE_USAGE before it.",
    "UNSUPPORTED_FEATURE": "Nothing in it reports this code any more.",
    "UNSUPPORTED_LINKED_FEATURE": _SUPERGRAPH,
}
ELSEWHERE = {"INVALID_SUBGRAPH_NAME"}
REACHED = {code for topic in TOPICS for case in cases(topic) for code in case.codes}


def test_every_code_of_ours_is_in_the_corpus() -> None:
    assert set(ADVICE) - ELSEWHERE == REACHED


@pytest.mark.parametrize("code", sorted(UNREACHED))
def test_what_is_out_of_reach_is_not_in_the_corpus(code: str) -> None:
    assert code not in REACHED
