"""What random graphs found, made small: one test for each fault."""

from __future__ import annotations

from collections.abc import Mapping

from tests.router.oracle.compare import Case, Graph
from tests.router.planning.catalogue import CATALOGUE


async def faults(subgraphs: Mapping[str, str], operation: str) -> list[str]:
    """Run an operation with and without nulls; list what is wrong."""
    graph = Graph(subgraphs)
    return [item for nulls in (True, False) for item in (await graph.run(Case(operation, nulls=nulls))).faults]


async def test_a_key_that_leads_through_its_own_type_is_looked_for_once() -> None:
    subgraphs = {
        "people": "type Query { people: [Person!]! } type Person { id: ID! @shareable friend: Person! @shareable }",
        "ages": 'type Person @key(fields: "friend { id }") { id: ID! @shareable friend: Person! @shareable age: Int }',
    }
    assert await faults(subgraphs, "{ people { age } }") == []


async def test_two_types_whose_keys_lead_through_each_other_are_entered() -> None:
    subgraphs = {
        "a": """
            type Query { left: Left }
            type Left @key(fields: "right { id }") { id: ID! @shareable right: Right! @shareable a: Int }
            type Right @key(fields: "left { id }") { id: ID! @shareable left: Left! @shareable }
        """,
        "b": """
            type Left @key(fields: "right { id }") { id: ID! @shareable right: Right! @shareable b: Int }
            type Right @key(fields: "left { id }") { id: ID! @shareable left: Left! @shareable c: Int }
        """,
    }
    assert await faults(subgraphs, "{ left { a b right { c left { b } } } }") == []


async def test_what_lies_below_a_concrete_type_of_an_interface_object_is_completed_elsewhere() -> None:
    subgraphs = {
        "home": """
            interface Media @key(fields: "id") { id: ID! owner: Owner }
            type Book implements Media @key(fields: "id") { id: ID! owner: Owner }
            type Film implements Media @key(fields: "id") { id: ID! owner: Owner }
            type Owner { person: Person }
            type Person @key(fields: "id") { id: ID! }
        """,
        "lists": 'type Query { media: [Media] } type Media @key(fields: "id") @interfaceObject { id: ID! }',
        "people": 'type Person @key(fields: "id") { id: ID! name: String }',
    }
    assert await faults(subgraphs, "{ media { ... on Book { owner { person { name } } } } }") == []


async def test_two_requirements_with_different_arguments_are_two_representations() -> None:
    assert await faults(CATALOGUE["requires"], "{ item { dollars euros } items { dollars cost euros } }") == []


async def test_a_computed_field_is_asked_only_of_the_entities_whose_inputs_are_sent() -> None:
    subgraphs = {
        "lists": """
            type Query { shared: [Media] }
            interface Media { size: Int }
            type Book implements Media @key(fields: "id") { id: ID! size: Int pages: Int }
        """,
        "links": """
            type Media @key(fields: "id") @interfaceObject {
              id: ID! next: Media size: Int @external twin: Media @requires(fields: "size")
            }
        """,
        "home": """
            interface Media @key(fields: "id") { id: ID! }
            type Book implements Media @key(fields: "id") {
              id: ID! size: Int @external pages: Int @external score: Int @requires(fields: "size pages")
            }
        """,
    }
    operation = """
        { shared { ... on Book { next { ... on Book { size } } twin { __typename } score } } }
    """
    assert await faults(subgraphs, operation) == []
