"""Merged types by kind: inputs, enums, unions, interfaces, and interface objects."""

from __future__ import annotations

from tests.router.composition.corpus_cases import composed, printed, refused


def test_an_input_has_the_fields_that_all_subgraphs_have() -> None:
    sdl = composed(
        a="type Query { a(i: In): Int } input In { x: Int y: Int = 3 z: [Int] }",
        b="type Query { b(i: In): Int } input In { z: [Int!] x: Int }",
    )

    assert printed(sdl, "In").split("\n")[4:-1] == [
        "  x: Int",
        '  z: [Int!] @join__field(graph: A, type: "[Int]") @join__field(graph: B, type: "[Int!]")',
    ]


def test_an_input_of_which_one_field_is_given_stays_one() -> None:
    sdl = composed(
        a="type Query { a(i: In): Int } input In @oneOf { x: Int y: Int }",
        b="type Query { b(i: In): Int } input In @oneOf { x: Int y: Int }",
    )

    assert printed(sdl, "In").split("\n")[3:] == ["  @oneOf", "{", "  x: Int", "  y: Int", "}"]


def test_an_enum_of_answers_has_all_values_and_says_whose_they_are() -> None:
    sdl = composed(a="type Query { a: E } enum E { A B }", b="type Query { b: E } enum E { B C @deprecated }")

    assert printed(sdl, "E") == (
        "enum E\n"
        "  @join__type(graph: A)\n"
        "  @join__type(graph: B)\n"
        "{\n"
        "  A @join__enumValue(graph: A)\n"
        "  B @join__enumValue(graph: A) @join__enumValue(graph: B)\n"
        "  C @join__enumValue(graph: B) @deprecated\n"
        "}"
    )


def test_an_enum_of_inputs_has_the_common_values() -> None:
    sdl = composed(a="type Query { a(e: E): Int } enum E { A B }", b="type Query { b(e: E): Int } enum E { B C }")

    assert printed(sdl, "E").split("\n")[4:-1] == ["  B @join__enumValue(graph: A) @join__enumValue(graph: B)"]


def test_an_enum_used_both_ways_names_each_value_that_is_not_everywhere() -> None:
    errors = refused(a="type Query { a(e: E): Int } enum E { A B }", b="type Query { b: E } enum E { B C }")

    assert [(error.code, error.coordinates) for error in errors] == [
        ("ENUM_VALUE_MISMATCH", ("E.A",)),
        ("ENUM_VALUE_MISMATCH", ("E.C",)),
    ]


def test_a_union_has_the_members_of_all_and_says_whose_they_are() -> None:
    sdl = composed(
        a="type Query { a: U } union U = O | P type O { x: Int @shareable } type P { x: Int }",
        b="type Query { b: U } union U = R | O type O { x: Int @shareable } type R { x: Int }",
    )

    assert printed(sdl, "U") == (
        "union U\n"
        "  @join__type(graph: A)\n"
        "  @join__type(graph: B)\n"
        '  @join__unionMember(graph: A, member: "O")\n'
        '  @join__unionMember(graph: A, member: "P")\n'
        '  @join__unionMember(graph: B, member: "R")\n'
        '  @join__unionMember(graph: B, member: "O")\n'
        " = O | P | R"
    )


def test_an_implementation_says_in_which_subgraph_it_is_one() -> None:
    sdl = composed(
        a="type Query { a: I } interface I { x: Int } type T implements I { x: Int @shareable }",
        b="type Query { b: T } type T { x: Int @shareable }",
    )

    assert printed(sdl, "T").split("\n")[:2] == ["type T implements I", '  @join__implements(graph: A, interface: "I")']


def test_keys_extensions_and_what_can_not_be_resolved_are_told_of_each_subgraph() -> None:
    sdl = composed(
        a='type Query { t: T } type T @key(fields: "id") @key(fields: "k { x }") { id: ID! k: K } type K { x: Int }',
        b='extend type T @key(fields: "id") { id: ID! @external y: Int }',
        c='type Query { u: T } type T @key(fields: "id", resolvable: false) { id: ID! }',
    )

    assert printed(sdl, "T").split("\n")[1:5] == [
        '  @join__type(graph: A, key: "id")',
        '  @join__type(graph: A, key: "k { x }")',
        '  @join__type(graph: B, key: "id", extension: true)',
        '  @join__type(graph: C, key: "id", resolvable: false)',
    ]


def test_an_interface_object_lends_its_fields_to_every_implementation() -> None:
    sdl = composed(
        a="""
        type Query { i: I }
        interface I @key(fields: "id") { id: ID! }
        type S implements I @key(fields: "id") { id: ID! }
        type T implements I @key(fields: "id") { id: ID! x: Int @shareable }
        """,
        b="""
        type I @key(fields: "id") @interfaceObject {
          id: ID! x: Int @shareable "What" y(n: Int): Int @tag(name: "t")
        }
        """,
    )

    assert printed(sdl, "I") == (
        "interface I\n"
        '  @join__type(graph: A, key: "id")\n'
        '  @join__type(graph: B, key: "id", isInterfaceObject: true)\n'
        "{\n"
        "  id: ID!\n"
        "  x: Int @join__field(graph: B)\n"
        "\n"
        '  """What"""\n'
        '  y(n: Int): Int @join__field(graph: B) @tag(name: "t")\n'
        "}"
    )
    assert printed(sdl, "S").split("\n")[4:] == [
        "  id: ID!",
        "  x: Int @join__field",
        "",
        '  """What"""',
        '  y(n: Int): Int @join__field @tag(name: "t")',
        "}",
    ]
    assert printed(sdl, "T").split("\n")[4:6] == ["  id: ID!", "  x: Int"]


def test_rights_have_to_cover_what_a_field_requires() -> None:
    owner = 'type T @key(fields: "id") { id: ID! x: Int @requiresScopes(scopes: [["x"]]) }'
    reader = """
    type Query { t: T }
    type T @key(fields: "id") { id: ID! x: Int @external y: Int @requires(fields: "x") RIGHTS }
    """

    errors = refused(a=owner, b=reader.replace("RIGHTS", ""))

    assert [(error.code, error.coordinates) for error in errors] == [
        ("MISSING_TRANSITIVE_AUTH_REQUIREMENTS", ("T.y", "T.x"))
    ]
    assert "y: Int" in composed(a=owner, b=reader.replace("RIGHTS", '@requiresScopes(scopes: [["x"]])'))
