"""Every case of the corpus is composed or refused as it says, and what is composed can be served."""

from __future__ import annotations

import pytest
from graphql import validate_schema

from router.composition import CompositionFailed, compose
from router.supergraph import load_supergraph
from tests.router.composition.corpus_cases import TOPICS, Case, cases

_CASES = {f"{topic}: {case.name}": case for topic in TOPICS for case in cases(topic)}
_REFUSED = [pytest.param(case, id=name) for name, case in _CASES.items() if case.codes]
_COMPOSED = [pytest.param(case, id=name) for name, case in _CASES.items() if not case.codes]


@pytest.mark.parametrize("case", _REFUSED)
def test_is_refused_with_these_codes_and_no_other(case: Case) -> None:
    with pytest.raises(CompositionFailed) as failed:
        compose(case.subgraphs)

    assert {error.code for error in failed.value.errors} == case.codes


@pytest.mark.parametrize("case", _REFUSED)
def test_says_what_to_do_about_it(case: Case) -> None:
    with pytest.raises(CompositionFailed) as failed:
        compose(case.subgraphs)

    assert all(error.hint and error.message for error in failed.value.errors)


@pytest.mark.parametrize("case", _COMPOSED)
def test_composes_to_a_supergraph_that_loads(case: Case) -> None:
    supergraph = load_supergraph(compose(case.subgraphs).supergraph_sdl)

    assert list(supergraph.subgraphs) == [source.name for source in case.subgraphs]
    assert validate_schema(supergraph.api_schema) == []


@pytest.mark.parametrize("case", _COMPOSED)
def test_gives_the_same_bytes_in_any_order(case: Case) -> None:
    assert compose(case.subgraphs[::-1]) == compose(case.subgraphs)
