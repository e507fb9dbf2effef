"""The public API keeps its promises: every name, argument and nullability that clients rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    is_required_input_field,
    parse,
    print_ast,
)
from graphql.language import (
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from tests.support.public_api import API

PROMISED = parse((Path(__file__).parent / "data" / "api.graphql").read_text()).definitions
# Named in api.graphql's comments, with what they have beside `userErrors`, `edges` and the like.
PAYLOADS = {
    "MoviePayload": {"movie": "Movie"},
    "CinemaPayload": {"cinema": "Cinema"},
    "AuditoriumPayload": {"auditorium": "Auditorium"},
    "ShowtimePayload": {"showtime": "Showtime"},
    "BlockSeatsPayload": {"seatMap": "SeatMap"},
    "CheckInTicketPayload": {"ticket": "Ticket"},
    "UserPayload": {"user": "User"},
    "LogoutPayload": {"success": "Boolean!"},
    "ChangePasswordPayload": {"success": "Boolean!"},
    "RequestPasswordResetPayload": {"success": "Boolean!"},
    "DeleteAccountPayload": {"success": "Boolean!"},
}
USER_ERRORS = {
    "SeatsUnavailableError": {"seatIds": "[ID!]!", "alternatives": "[SeatSuggestion!]!"},
    "HoldExpiredError": {"expiredAt": "DateTime!"},
    "HoldLimitError": {"limit": "Int!"},
    "PaymentDeclinedError": {"declineCode": "String!"},
    "PaymentActionRequiredError": {"nextAction": "PaymentAction!"},
    "PriceChangedError": {"total": "Money!"},
    "IdempotencyKeyReusedError": {},
    "RequestInProgressError": {},
    "InvalidInputError": {},
    "NotFoundError": {},
    "InvalidCredentialsError": {},
    "EmailTakenError": {},
    "NotAllowedNowError": {},
}


@pytest.mark.parametrize("promised", PROMISED, ids=lambda node: node.name.value)
def test_what_is_promised_is_there(promised: DefinitionNode) -> None:
    match promised:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            found = API.type_map[promised.name.value]
            assert isinstance(found, GraphQLObjectType | GraphQLInterfaceType)
            for field in promised.fields or ():
                check_field(found.fields[field.name.value], field)
        case InputObjectTypeDefinitionNode():
            given = API.type_map[promised.name.value]
            assert isinstance(given, GraphQLInputObjectType)
            for wanted in promised.fields or ():
                assert str(given.fields[wanted.name.value].type) == print_ast(wanted.type), wanted.name.value
            added = set(given.fields) - {field.name.value for field in promised.fields or ()}
            assert not [name for name in added if is_required_input_field(given.fields[name])]
        case EnumTypeDefinitionNode():
            enum = API.type_map[promised.name.value]
            assert isinstance(enum, GraphQLEnumType)
            assert {value.name.value for value in promised.values or ()} <= set(enum.values)
        case UnionTypeDefinitionNode():
            union = API.type_map[promised.name.value]
            assert isinstance(union, GraphQLUnionType)
            assert {member.name.value for member in promised.types or ()} <= {member.name for member in union.types}
        case ScalarTypeDefinitionNode():
            assert isinstance(API.type_map[promised.name.value], GraphQLScalarType)
        case _:
            raise AssertionError(promised)


def check_field(found: GraphQLField, promised: FieldDefinitionNode) -> None:
    name = promised.name.value
    assert str(found.type) == print_ast(promised.type), name
    for argument in promised.arguments or ():
        given = found.args[argument.name.value]
        assert str(given.type) == print_ast(argument.type), (name, argument.name.value)


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_has_what_it_is_named_for_and_user_errors(name: str) -> None:
    payload = API.type_map[name]
    assert isinstance(payload, GraphQLObjectType)
    fields = {field: str(value.type) for field, value in payload.fields.items()}
    assert {**PAYLOADS[name], "userErrors": "[UserError!]!"}.items() <= fields.items()


@pytest.mark.parametrize("name", USER_ERRORS)
def test_a_user_error_has_its_data(name: str) -> None:
    error = API.type_map[name]
    assert isinstance(error, GraphQLObjectType)
    assert [interface.name for interface in error.interfaces] == ["UserError"]
    fields = {field: str(value.type) for field, value in error.fields.items()}
    assert USER_ERRORS[name].items() <= fields.items()


@pytest.mark.parametrize(
    ("connection", "node"),
    [
        ("MovieConnection", "Movie"),
        ("CinemaConnection", "Cinema"),
        ("ShowtimeConnection", "Showtime"),
        ("BookingConnection", "Booking"),
    ],
)
def test_a_connection_is_relays_with_nodes(connection: str, node: str) -> None:
    found = API.type_map[connection]
    assert isinstance(found, GraphQLObjectType)
    assert str(found.fields["nodes"].type) == f"[{node}!]!"
    assert str(found.fields["pageInfo"].type) == "PageInfo!"
    edge = API.type_map[f"{node}Edge"]
    assert isinstance(edge, GraphQLObjectType)
    assert {name: str(field.type) for name, field in edge.fields.items()} == {"cursor": "String!", "node": f"{node}!"}


def test_every_public_type_and_field_is_described() -> None:
    missing = [
        f"{kind.name}.{name}"
        for kind in API.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__")
        for name, field in kind.fields.items()
        if not (field.description or "").strip()
    ]
    missing += [
        kind.name
        for kind in API.type_map.values()
        if not kind.name.startswith("__")
        and kind.name not in {"Query", "Mutation", "Subscription", "String", "Int", "Float", "Boolean", "ID"}
        and not (kind.description or "").strip()
    ]
    assert missing == []
