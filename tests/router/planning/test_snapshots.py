"""Plans by topic, as text. `UPDATE_SNAPSHOTS=1` writes them anew; read the difference before committing it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from graphql import parse, validate

from router.planning import Planner, print_plan
from router.supergraph import Supergraph
from tests.router.planning.graphs import catalogued
from tests.router.planning.oracle import check
from tests.router.planning.shape import missing
from tests.router.planning.world import World

_SNAPSHOTS = Path(__file__).parent / "snapshots"

OPERATIONS: dict[str, dict[str, str]] = {
    "keys": {
        "one subgraph answers whole and is passed on": "{ product(id: 1) { id name } }",
        "an entity jump adds the key and __typename": "{ product(id: 1) { name reviews { body } } }",
        "a list of entities in a list": "{ products { name reviews { author { name } } } }",
        "a chain over a third subgraph": "{ top { product { inStock } } }",
        "a compound and nested key in a list of lists": "{ products { warehouses { city } } }",
        "one request for two places": "{ top { product { name } } products { reviews { product { upc } } } }",
        "an alias that equals the key's name": "{ product(id: 1) { id: name reviews { body } } }",
        "aliases of one field with different arguments": "{ a: product(id: 1) { name } b: product(id: 2) { upc } }",
        "variables are declared where they are used": (
            "query($id: ID! = 7, $all: Boolean!) { product(id: $id) { name reviews @include(if: $all) { body } } }"
        ),
        "fragments are inlined and merged": (
            "{ product(id: 1) { ...A ...B } } fragment A on Product { reviews { body } } "
            "fragment B on Product { name reviews { id author { id } } }"
        ),
        "typename everywhere": "{ __typename me { t: __typename friends { __typename } } }",
        "introspection beside data": '{ __schema { queryType { name } } me { name } t: __type(name: "User") { name } }',
    },
    "parents": {
        "a value type is completed from the root": "{ page { title views meta { lang author size { w h } } } }",
        "a value type is completed from its entity": "{ item { details { weight colour box { length height } } } }",
    },
    "values": {
        "below an interface they come from its entities": "{ nodes { sub { n far } } }",
        "one subgraph has enough of them": "{ nodes { sub { n } face { f } } }",
        "below a union and abstract again": "{ any { ... on One { face { g } } ... on Node { sub { far } } } }",
        "asked for again in a fragment": "{ nodes { id sub { n } ... on Two { id sub { far } } } }",
    },
    "chains": {
        "a key that is computed": "{ t { far } }",
        "an input behind two jumps": "{ t { cost } }",
        "both at once": "{ t { cost far maker { city { code } } } }",
    },
    "requires": {
        "inputs come back through the entity": "{ items { estimate } }",
        "nested inputs": "{ items { volume } }",
        "inputs in a list of entities from a third subgraph": "{ item { mass } }",
        "inputs in fragments": "{ item { length media { __typename } } }",
        "inputs with arguments beside the client's": '{ item { cost(currency: "CHF") dollars euros } }',
        "a chain of computed fields": "{ item { tax total grand free } }",
        "an input under a client's alias": "{ item { price: weight p: price estimate } }",
    },
    "provides": {
        "below the providing field": "{ review { product { name maker { label } } } }",
        "for one implementation only": "{ owned { id owner { name } } }",
        "not elsewhere": "{ review { bare { name } } plain { name } }",
        "in a fragment": "{ media { ... on Clip { owner { name } } ... on Song { owner { name } } } }",
    },
    "override": {
        "the new owner is asked": "{ feed { title created } }",
        "an interface field is expanded": "{ node { id created } }",
        "as an input": "{ feed { age } }",
    },
    "abstract": {
        "an interface field stays one field": "{ media { id title } }",
        "fragments for some types": "{ media { id ... on Book { pages rating } ... on Film { rating } } }",
        "fields of other subgraphs": "{ works { ... on Game { stars level } ... on Rated { rating } } }",
        "other objects, one key": "{ anything { ... on Book { author { id } } ... on Film { author { id } } } }",
        "the key selected on the interface and in a fragment": "{ media { id ... on Book { id rating } } }",
        "nothing is left of a fragment": "{ rated { ... on Film { rating } } }",
    },
    "unions": {
        "types of every source": "{ shared { ... on Book { title } ... on Song { title } ... on Movie { length } } }",
        "all types of the only source": "{ own { ... on Song { title } } other { ... on Movie { length title } } }",
    },
    "mismatch": {
        "one key, two nullabilities": "{ accounts { ... on User { name } ... on Admin { name } } }",
        "object or union": "{ users { id name similar { ... on User { id name } ... on Admin { id name } } } }",
    },
    "hidden": {
        "a hidden input": "{ things { id ... on Open { doubled } } }",
        "hidden values and types are looked for": "{ colour things { __typename } }",
    },
    "mutations": {
        "serial in document order": "mutation { x: addA(n: 1) { a } y: addB(n: 2) { b } z: addA(n: 3) { a b } }",
        "neighbours share a request": "mutation { x: addA(n: 1) { a } y: addA(n: 3) { b } }",
        "a root type reached again": "mutation { doneA { ok query { b a } item { b } } }",
    },
    "interface objects": {
        "interface fields without a jump": "{ rated { id stars } }",
        "the true typename": "{ rated { __typename stars } }",
        "a concrete fragment": "{ rated { stars ... on Book { pages isbn } } }",
        "from the home to the interface object": "{ media { id title stars } book { stars pages } }",
        "an input by the interface's key": "{ rated { score } book { score } }",
    },
    "conditions": {
        "a switched-off field causes no jump": (
            "query($v: Boolean!) { product(id: 1) { name reviews @skip(if: $v) { author { name } } } }"
        ),
        "the same field with a condition and without": "query($v: Boolean!) { me { id @skip(if: $v) id name } }",
        "include and skip together": (
            "query($v: Boolean!, $w: Boolean!) { me { name @include(if: $v) @skip(if: $w) email @include(if: $v) } }"
        ),
        "constants are folded": "{ me { name @skip(if: true) email @include(if: true) } }",
        "everything is skipped": "{ me @skip(if: true) { name } }",
    },
}
_CASES = [(topic, name) for topic, operations in OPERATIONS.items() for name in operations]


def _supergraph(topic: str) -> Supergraph:
    return catalogued("keys" if topic == "conditions" else topic)


@pytest.mark.parametrize(("topic", "name"), _CASES)
def test_plan_is_as_recorded(topic: str, name: str) -> None:
    supergraph = _supergraph(topic)
    operation = OPERATIONS[topic][name]
    assert validate(supergraph.api_schema, parse(operation)) == []
    text = f"# {operation}\n{print_plan(Planner(supergraph).plan(parse(operation)))}"
    file = _SNAPSHOTS / topic.replace(" ", "_") / f"{name.replace(' ', '_')}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    assert file.read_text() == text


@pytest.mark.parametrize(("topic", "name"), _CASES)
def test_plan_answers_the_shape_that_is_asked(topic: str, name: str) -> None:
    supergraph = _supergraph(topic)
    assert missing(supergraph, Planner(supergraph).plan(parse(OPERATIONS[topic][name]))) == []


@pytest.mark.parametrize(("topic", "name"), [case for case in _CASES if case[0] != "mutations"])
@pytest.mark.parametrize("switch", [True, False])
async def test_plan_answers_as_one_schema_does(topic: str, name: str, switch: bool) -> None:  # noqa: FBT001 - pytest's
    world = World(_supergraph(topic), nulls=False)
    operation = OPERATIONS[topic][name]
    variables = {key: switch for key in ("v", "all") if f"${key}" in operation}
    if "$w" in operation:
        variables["w"] = not switch
    await check(world, operation, variables)


def test_every_snapshot_belongs_to_an_operation() -> None:
    known = {
        _SNAPSHOTS / topic.replace(" ", "_") / f"{name.replace(' ', '_')}.txt"
        for topic, operations in OPERATIONS.items()
        for name in operations
    }
    assert set(_SNAPSHOTS.rglob("*.txt")) == known
