"""The public scalars, stricter than Strawberry's: moments need an offset, decimals come as text, nothing is NaN."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, IntValueNode, StringValueNode, ValueNode, print_ast
from strawberry.types.scalar import ScalarDefinition

_DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,6})?", re.ASCII)
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,19}", re.ASCII)
_BIGINT_MAX = 2**63 - 1
_SAFE_INTEGER = 2**53 - 1

BigInt = NewType("BigInt", int)


def _parse_datetime(value: Any) -> datetime:
    if not isinstance(value, str) or _RFC3339.fullmatch(value) is None:
        raise GraphQLError('DateTime must be RFC 3339 text with an offset, like "2026-05-01T20:15:00+02:00".')
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise GraphQLError("DateTime names a moment that does not exist.") from error


def _serialize_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _parse_date(value: Any) -> date:
    if not isinstance(value, str) or len(value) != len("2026-05-01"):
        raise GraphQLError('Date must be text like "2026-05-01".')
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError("Date names a day that does not exist.") from error


def _parse_decimal(value: Any) -> Decimal:
    if not isinstance(value, str) or _DECIMAL.fullmatch(value) is None:
        raise GraphQLError('Decimal must be text like "12.50": never a float, at most six decimals.')
    return Decimal(value)


def _parse_bigint(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise GraphQLError("BigInt must be a whole number or text of one.")
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None:
            raise GraphQLError("BigInt must be a whole number or text of one.")
        value = int(value)
    if abs(value) > _BIGINT_MAX:
        raise GraphQLError("BigInt holds 64 bits.")
    return value


def _serialize_bigint(value: int) -> int | str:
    return value if abs(value) <= _SAFE_INTEGER else str(value)


def _bigint_literal(node: ValueNode, _variables: object = None) -> int:
    if isinstance(node, IntValueNode | StringValueNode):
        return _parse_bigint(node.value)
    raise GraphQLError(f"BigInt cannot be {print_ast(node)}.")


DATE_TIME = strawberry.scalar(
    name="DateTime",
    description='A moment: RFC 3339 text with an offset, like "2026-05-01T20:15:00+02:00". Answers are in UTC.',
    serialize=_serialize_datetime,
    parse_value=_parse_datetime,
)
DATE = strawberry.scalar(
    name="Date",
    description='A day: text like "2026-05-01".',
    serialize=date.isoformat,
    parse_value=_parse_date,
)
DECIMAL = strawberry.scalar(
    name="Decimal",
    description='A decimal number as text, like "12.50"; never a float.',
    serialize=str,
    parse_value=_parse_decimal,
)
BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number of 64 bits: a JSON number where it fits 53 bits, else text; accepted as either.",
    serialize=_serialize_bigint,
    parse_value=_parse_bigint,
    parse_literal=_bigint_literal,
)

SCALARS: dict[object, ScalarDefinition] = {datetime: DATE_TIME, date: DATE, Decimal: DECIMAL, BigInt: BIG_INT}
