"""Merged fields: types, arguments, and what `@join__field` says of each subgraph."""

from __future__ import annotations

from tests.router.composition.corpus_cases import composed, printed, refused


def test_a_field_that_every_subgraph_of_its_type_has_says_nothing() -> None:
    sdl = composed(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "id") { id: ID! }',
    )

    assert printed(sdl, "T") == (
        'type T\n  @join__type(graph: A, key: "id")\n  @join__type(graph: B, key: "id")\n{\n  id: ID!\n}'
    )


def test_a_field_of_some_subgraphs_names_them() -> None:
    sdl = composed(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! x: Int }',
        b='type T @key(fields: "id") { id: ID! y: Int @shareable }',
        c='type T @key(fields: "id") { id: ID! y: Int @shareable }',
    )

    assert printed(sdl, "T").split("\n")[5:-1] == [
        "  id: ID!",
        "  x: Int @join__field(graph: A)",
        "  y: Int @join__field(graph: B) @join__field(graph: C)",
    ]


def test_the_query_can_be_entered_in_every_subgraph() -> None:
    sdl = composed(a="type Query { a: Int }", b='type T @key(fields: "id") { id: ID! }')

    assert printed(sdl, "Query") == (
        "type Query\n  @join__type(graph: A)\n  @join__type(graph: B)\n{\n  a: Int @join__field(graph: A)\n}"
    )


def test_requires_provides_and_external_are_kept_as_written() -> None:
    sdl = composed(
        a="""
        type Query { t: T @provides(fields: "z") }
        type T @key(fields: "id") {
          id: ID! size: Size @external z: Int @external cost: Int @requires(fields: "size{w  h}")
        }
        type Size @shareable { w: Int h: Int }
        """,
        b="""
        type T @key(fields: "id") { id: ID! size: Size z: Int @shareable }
        type Size @shareable { w: Int h: Int }
        """,
    )

    assert printed(sdl, "Query").split("\n")[4] == '  t: T @join__field(graph: A, provides: "z")'
    assert printed(sdl, "T").split("\n")[5:-1] == [
        "  size: Size @join__field(graph: A, external: true) @join__field(graph: B)",
        "  z: Int @join__field(graph: A, external: true) @join__field(graph: B)",
        '  cost: Int @join__field(graph: A, requires: "size{w  h}")',
    ]


def test_of_different_types_the_widest_is_answered_and_each_is_kept() -> None:
    sdl = composed(
        a="type Query { t: [I!] @shareable } interface I { x: Int } type O implements I { x: Int @shareable }",
        b="type Query { t: [O!]! @shareable } type O { x: Int @shareable }",
    )

    assert printed(sdl, "Query").split("\n")[4] == (
        '  t: [I!] @join__field(graph: A, type: "[I!]") @join__field(graph: B, type: "[O!]!")'
    )


def test_of_types_of_which_none_is_the_widest_nothing_is_made_up() -> None:
    (error,) = refused(a="type Query { t: [Int!] @shareable }", b="type Query { t: [Int]! @shareable }")

    assert error.code == "FIELD_TYPE_MISMATCH"
    assert (
        error.message == '"Query.t" has the type "[Int!]" in a and "[Int]!" in b, and none of them covers the others.'
    )


def test_of_argument_types_the_narrowest_is_taken() -> None:
    sdl = composed(
        a="type Query { t(n: Int, ids: [ID!]): Int @shareable }",
        b="type Query { t(n: Int!, ids: [ID]): Int @shareable }",
    )

    assert printed(sdl, "Query").split("\n")[4] == "  t(n: Int!, ids: [ID!]): Int"


def test_a_default_stays_if_all_have_it_and_goes_if_one_has_none() -> None:
    sdl = composed(
        a="type Query { t(n: Int = 1, m: Int = 2): Int @shareable }",
        b="type Query { t(n: Int = 1, m: Int): Int @shareable }",
    )

    assert printed(sdl, "Query").split("\n")[4] == "  t(n: Int = 1, m: Int): Int"


def test_an_argument_that_one_subgraph_lacks_is_left_out() -> None:
    sdl = composed(a="type Query { t(n: Int, m: Int): Int @shareable }", b="type Query { t(n: Int): Int @shareable }")

    assert printed(sdl, "Query").split("\n")[4] == "  t(n: Int): Int"


def test_a_union_in_one_subgraph_and_its_member_in_another_fit() -> None:
    sdl = composed(
        a="type Query { t: U @shareable } union U = O | P type O { x: Int @shareable } type P { x: Int }",
        b="type Query { t: O @shareable } type O { x: Int @shareable }",
    )

    assert printed(sdl, "Query").split("\n")[4] == (
        '  t: U @join__field(graph: A, type: "U") @join__field(graph: B, type: "O")'
    )


def test_a_context_argument_is_taken_from_the_api_and_given_to_the_router() -> None:
    sdl = composed(
        a="""
        type Query { t: T }
        type T @key(fields: "id") @context(name: "here") { id: ID! name: String! c: C }
        type C @key(fields: "id") { id: ID! f(n: String @fromContext(field: "$here { name }"), m: Int): Int }
        """
    )

    assert '@context(name: "a__here")' in printed(sdl, "T")
    assert printed(sdl, "C").split("\n")[4] == (
        '  f(m: Int): Int @join__field(graph: A, contextArguments: [{context: "a__here", name: "n", type: "String", '
        'selection: "{ name }"}])'
    )
