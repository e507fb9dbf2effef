"""A satisfiability error shows the operation that nobody can answer, and what stands in the way in each subgraph."""

from __future__ import annotations

from tests.router.composition.corpus_cases import composed, refused


def test_the_failing_path_and_the_missing_key_are_told() -> None:
    (error,) = refused(
        a='type Query { list: [T!]! } type T @key(fields: "id") { id: ID! x: Int }',
        b='type Query { b: T } type T @key(fields: "uuid") { uuid: ID! y: Int }',
        c='type T @key(fields: "id") @key(fields: "uuid") { id: ID! uuid: ID! @inaccessible }',
        d="type Query { o: O } type O { t: T } type T { id: ID! @shareable z: Int @inaccessible }",
        e="type T { w: Int }",
    )

    assert (error.code, error.subgraphs, error.coordinates) == ("SATISFIABILITY_ERROR", ("a",), ("T.w",))
    assert error.message == (
        "No plan can answer this operation:\n"
        "  query {\n"
        "    list {\n"
        "      w\n"
        "    }\n"
        "  }\n"
        "because\n"
        "- a has no T.w;\n"
        "- b has no T.w;\n"
        "- c has no T.w;\n"
        "- e has it, but no resolvable key by which to enter it at T;"
    )


def test_a_key_that_can_not_be_had_is_named() -> None:
    errors = refused(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! }',
        b='type T @key(fields: "uuid") { uuid: ID! y: O } type O { x: Int }',
    )

    assert [error.coordinates for error in errors] == [("T.uuid",), ("T.y",)]
    assert errors[1].message.split("\n")[3:] == [
        "      y { … }",
        "    }",
        "  }",
        "because",
        "- a has no T.y;",
        '- b has it, but its key "uuid" can not be had on this way;',
    ]


def test_a_requirement_that_can_not_be_had_is_told() -> None:
    errors = refused(
        a='type Query { t: T } type T @key(fields: "id") { id: ID! y: Int @external x: Int @requires(fields: "y") }',
        b='type Query { u: T } type T @key(fields: "uuid") { uuid: ID! y: Int }',
    )

    reasons = {error.coordinates[0]: error.message.split("because\n")[1] for error in errors}
    assert reasons["T.x"] == "- a can not be given what T.x requires;"
    assert reasons["T.y"].split("\n")[0] == (
        "- a does not resolve T.y, which is external there and not provided on this way;"
    )


def test_the_way_through_an_abstract_type_is_shown() -> None:
    (error,) = refused(
        a="type Query { u: U } union U = T type T { id: ID! @shareable }",
        b="type Query { t: T } type T { id: ID! @shareable y: Int }",
    )

    assert error.message.split("\n")[1:8] == [
        "  query {",
        "    u {",
        "      ... on T {",
        "        y",
        "      }",
        "    }",
        "  }",
    ]


def test_a_field_that_fails_on_several_ways_is_told_once_by_the_shortest() -> None:
    (error,) = refused(
        a="type Query { deep: D t: T } type D { d: D t: T } type T { id: ID! @shareable }",
        b="type Query { other: T } type T { id: ID! @shareable y: Int }",
    )

    assert "    t {\n      y\n    }" in error.message


def test_requirements_of_a_recursive_type_are_no_circle() -> None:
    assert composed(
        a='type Query { a: E } type E @key(fields: "id") { id: ID! next: E }',
        b='type E @key(fields: "id") { id: ID! next: E @external x: Int @requires(fields: "next { id }") }',
    )


def test_what_is_required_has_to_be_had_from_the_subgraph_that_requires_it() -> None:
    (error,) = refused(
        a='type Query { a: E } type E @key(fields: "id", resolvable: false) { id: ID! y: Int }',
        b='type E @key(fields: "id") { id: ID! y: Int @external x: Int @requires(fields: "y") }',
    )

    assert error.coordinates == ("E.x",)


def test_a_progressive_override_has_to_hold_with_its_label_and_without() -> None:
    a = 'type Query { a: T } type T @key(fields: "id") { id: ID! x: Int @override(from: "b", label: "soon") }'
    b = 'type Query { b: T } type T @key(fields: "id") { id: ID! x: Int }'

    assert composed(a=a, b=b)
    (error,) = refused(a=a, b=b.replace('"id"', '"id", resolvable: false'))

    assert (error.subgraphs, error.coordinates) == (("a",), ("T.x",))
    assert error.message.split("\n")[-2:] == [
        "- a does not resolve T.x for all requests, as there is an override;",
        "- b has it, but no resolvable key by which to enter it at T;",
    ]


def test_types_that_all_refer_to_each_other_in_many_subgraphs_compose() -> None:
    count = 12
    sdl: dict[str, str] = {}
    for index in range(count):
        types = [
            f'type T{other} @key(fields: "id") {{ id: ID! f{index}: T{(other + index) % count} }}'
            for other in range(count)
        ]
        sdl[f"s{index}"] = "\n".join([f"type Query {{ q{index}: T{index} }}", *types])

    assert composed(**sdl)
