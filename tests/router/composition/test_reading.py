"""What is read of one subgraph's SDL: links, names, roots, extensions."""

from __future__ import annotations

import pytest

from router.composition import CompositionError, SubgraphSource
from router.composition.errors import Report
from router.composition.model import Directive, Kind, Subgraph
from router.composition.reading import read_subgraph
from tests.router.composition.corpus_cases import federated


def _read(sdl: str) -> Subgraph:
    report = Report()
    subgraph = read_subgraph(SubgraphSource("a", "http://a.test", sdl), "A", report=report)
    assert report.errors == ()
    assert subgraph is not None
    return subgraph


def _errors(sdl: str) -> tuple[CompositionError, ...]:
    report = Report()
    assert read_subgraph(SubgraphSource("a", "http://a.test", sdl), "A", report=report) is None
    return report.errors


def _names(directives: tuple[Directive, ...]) -> list[str]:
    return [directive.name for directive in directives]


def test_the_machinery_of_subgraphs_is_left_out() -> None:
    subgraph = _read("""
      schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "FieldSet"]) { query: Query }
      directive @key(fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
      directive @link(url: String!, import: [link__Import]) repeatable on SCHEMA
      scalar FieldSet
      scalar link__Import
      scalar federation__Scope
      scalar _Any
      union _Entity = T
      type _Service { sdl: String! }
      type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! t: T }
      type T @key(fields: "id") { id: ID! }
    """)

    assert list(subgraph.types) == ["Query", "T"]
    assert list(subgraph.types["Query"].fields) == ["t"]
    assert subgraph.directives == {}


def test_a_query_of_machinery_alone_is_no_query() -> None:
    subgraph = _read(
        federated(
            "scalar _Any union _Entity = T type T { id: ID } "
            "type Query { _entities(representations: [_Any!]!): [_Entity]! }"
        )
    )

    assert list(subgraph.types) == ["T"]


@pytest.mark.parametrize(
    ("link", "written"),
    [
        ('import: ["@key"]', "@key"),
        ('import: [{name: "@key", as: "@primary"}]', "@primary"),
        ("", "@federation__key"),
        ('as: "fed"', "@fed__key"),
    ],
)
def test_a_directive_is_known_by_whatever_name_the_link_gives_it(link: str, written: str) -> None:
    subgraph = _read(
        f'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", {link}) '
        f'type Query {{ t: T }} type T {written}(fields: "id") {{ id: ID }}'
    )

    assert _names(subgraph.types["T"].directives) == ["key"]
    assert subgraph.version == (2, 3)


def test_a_directive_of_ones_own_keeps_its_name_beside_federations() -> None:
    subgraph = _read(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3") directive @key(a: Int) on OBJECT '
        'type Query { t: T } type T @key(a: 1) @federation__key(fields: "id") { id: ID }'
    )

    assert _names(subgraph.types["T"].directives) == ["@key", "key"]


def test_a_small_specification_may_be_linked_on_its_own() -> None:
    subgraph = _read(
        'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0") '
        '@link(url: "https://specs.apollo.dev/tag/v0.3") '
        '@link(url: "https://specs.apollo.dev/inaccessible/v0.2", as: "hide") '
        'type Query { t: Int @tag(name: "x") @hide }'
    )

    assert _names(subgraph.types["Query"].fields["t"].directives) == ["tag", "inaccessible"]


def test_root_types_get_their_usual_names_everywhere() -> None:
    subgraph = _read(
        'schema @link(url: "https://specs.apollo.dev/federation/v2.3") { query: Root mutation: Changes } '
        "type Root { again: Root! u: U i: [I!] } type Changes { root: Root } union U = Root interface I { x: Root } "
    )

    assert list(subgraph.types) == ["Query", "Mutation", "U", "I"]
    assert str(subgraph.types["Query"].fields["again"].type) == "Query!"
    assert subgraph.types["U"].members == ("Query",)
    assert str(subgraph.types["I"].fields["x"].type) == "Query"


def test_extensions_are_merged_whatever_their_order() -> None:
    subgraph = _read(
        federated("""
        extend type T @key(fields: "id") { id: ID! }
        "What" type T { x: Int }
        extend enum E { B }
        enum E { A }
        extend interface Alone { x: Int }
        type Query { t: T e: E a: Alone }
        """)
    )

    assert list(subgraph.types["T"].fields) == ["x", "id"]
    assert (subgraph.types["T"].description, subgraph.types["T"].extension) == ("What", False)
    assert subgraph.types["T"].directives[0].in_extension
    assert list(subgraph.types["E"].values) == ["A", "B"]
    assert (subgraph.types["Alone"].kind, subgraph.types["Alone"].extension) == (Kind.INTERFACE, True)


def test_shareable_and_external_on_a_type_count_for_the_fields_of_that_definition() -> None:
    subgraph = _read(
        federated(
            "type Query { t: T } type T @shareable { x: Int @shareable y: Int } extend type T @external { z: Int }"
        )
    )

    fields = subgraph.types["T"].fields
    assert {name: _names(field.directives) for name, field in fields.items()} == {
        "x": ["shareable"],
        "y": ["shareable"],
        "z": ["external"],
    }


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ('url: "https://specs.apollo.dev/federation/v3.0"', "UNKNOWN_FEDERATION_LINK_VERSION"),
        ('url: "https://specs.apollo.dev/federation"', "INVALID_LINK_IDENTIFIER"),
        ("url: 3", "INVALID_LINK_IDENTIFIER"),
        ('url: "https://specs.apollo.dev/federation/v2.0", import: ["@tagg"]', "INVALID_LINK_DIRECTIVE_USAGE"),
        ('url: "https://specs.apollo.dev/federation/v2.0", import: ["Scope"]', "INVALID_LINK_DIRECTIVE_USAGE"),
        ('url: "https://specs.apollo.dev/federation/v2.0", import: [3]', "INVALID_LINK_DIRECTIVE_USAGE"),
        ('url: "https://specs.apollo.dev/federation/v2.0", import: [{as: "@k"}]', "INVALID_LINK_DIRECTIVE_USAGE"),
        (
            'url: "https://specs.apollo.dev/federation/v2.0", import: [{name: "@key", as: "@k y"}]',
            "INVALID_LINK_DIRECTIVE_USAGE",
        ),
    ],
)
def test_a_wrong_link_is_refused(link: str, code: str) -> None:
    errors = _errors(f"extend schema @link({link}) type Query {{ a: Int }}")

    assert [error.code for error in errors] == [code]
    assert errors[0].coordinates == ("@link",)


def test_federation_can_not_be_linked_twice() -> None:
    link = '@link(url: "https://specs.apollo.dev/federation/v2.{}")'

    errors = _errors(f"extend schema {link.format(0)} {link.format(3)} type Query {{ a: Int }}")

    assert [error.code for error in errors] == ["INVALID_LINK_DIRECTIVE_USAGE"]


def test_invalid_graphql_says_where() -> None:
    (error,) = _errors("type Query {\n  a: Nothing\n}")

    assert error.message == "Unknown type 'Nothing'. Did you mean 'String'? (line 2, column 6)"


def test_every_fault_of_a_schema_is_told() -> None:
    errors = _errors("type Query { a: Nothing b(x: Int @nothing): Int @deprecated(because: 1) }")

    assert len(errors) == 3
    assert {error.code for error in errors} == {"INVALID_GRAPHQL"}
