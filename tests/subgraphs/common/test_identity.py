"""Who is calling: access tokens, roles, tokens between services."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from subgraphs.common.clock import ShiftingClock
from subgraphs.common.errors import Forbidden, ServiceUnavailable, Unauthenticated
from subgraphs.common.identity import (
    Principal,
    Role,
    ServiceTokens,
    TokenVerifier,
    require_admin,
    require_person,
    require_staff,
)

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())
SECRET = "a secret between services, long enough"


class KeySet:
    """Auth's key set, as the verifier fetches it."""

    def __init__(self) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {"k1": KEY}
        self.fetched = 0
        self.is_down = False

    async def __call__(self) -> dict[str, Any]:
        self.fetched += 1
        if self.is_down:
            raise ServiceUnavailable
        return {
            "keys": [
                {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": "ES256", "use": "sig"}
                for kid, key in self.keys.items()
            ]
        }


@pytest.fixture
def clock() -> ShiftingClock:
    return ShiftingClock()


@pytest.fixture
def key_set() -> KeySet:
    return KeySet()


@pytest.fixture
def verifier(key_set: KeySet, clock: ShiftingClock) -> TokenVerifier:
    return TokenVerifier(key_set, clock=clock)


@pytest.fixture
def claims(clock: ShiftingClock) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"iss": "eventio", "aud": "eventio", "sub": "u1", "role": "CUSTOMER", "iat": now, "exp": now + 600}


def signed(claims: dict[str, Any], *, key: Any = KEY, algorithm: str = "ES256", **headers: Any) -> str:
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "k1", **headers})


def test_a_person_owns_what_they_owned_as_a_guest() -> None:
    person = Principal("u1", Role.CUSTOMER, aliases=frozenset({"g2", "g1"}))
    assert [person.owns(owner) for owner in ("u1", "g1", "g2", "u2")] == [True, True, True, False]
    assert person.ids == ("u1", "g1", "g2")


@pytest.mark.parametrize(
    ("role", "cinemas", "runs"),
    [
        (Role.GUEST, (), False),
        (Role.CUSTOMER, ("c1",), False),
        (Role.STAFF, (), True),
        (Role.STAFF, ("c1", "c2"), True),
        (Role.STAFF, ("c2",), False),
        (Role.ADMIN, (), True),
    ],
)
def test_a_cinema_is_run_by_its_staff_and_by_admins(role: Role, cinemas: tuple[str, ...], *, runs: bool) -> None:
    person = Principal("u1", role, cinema_ids=frozenset(cinemas))
    assert person.is_staff_of("c1") is runs
    if runs:
        assert require_staff(person, cinema_id="c1") is person
    else:
        with pytest.raises(Forbidden):
            require_staff(person, cinema_id="c1")


@pytest.mark.parametrize(
    ("role", "is_staff", "is_admin"),
    [
        (Role.GUEST, False, False),
        (Role.CUSTOMER, False, False),
        (Role.STAFF, True, False),
        (Role.ADMIN, True, True),
    ],
)
def test_roles_are_required(role: Role, *, is_staff: bool, is_admin: bool) -> None:
    person = Principal("u1", role)
    assert require_person(person) is person
    for require, is_allowed in ((require_staff, is_staff), (require_admin, is_admin)):
        if is_allowed:
            assert require(person) is person
        else:
            with pytest.raises(Forbidden):
                require(person)


def test_who_is_signed_out_is_told_so_whatever_is_required() -> None:
    for require in (require_person, require_staff, require_admin):
        with pytest.raises(Unauthenticated):
            require(None)


async def test_a_token_names_a_person(verifier: TokenVerifier, claims: dict[str, Any]) -> None:
    token = signed({**claims, "role": "STAFF", "sid": "s1", "cinemas": ["c1"], "aka": ["g1"]})
    expected = Principal("u1", Role.STAFF, frozenset({"c1"}), frozenset({"g1"}), "s1")
    assert await verifier.verify(token) == expected


def _forgeries() -> Iterator[tuple[str, Any]]:
    yield "another key", lambda claims: signed(claims, key=OTHER_KEY)
    yield "no algorithm", lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "k1"})
    yield (
        "the public key as a shared secret",
        lambda claims: signed(claims, key=str(KEY.public_key().public_numbers().x), algorithm="HS256"),
    )
    yield "another audience", lambda claims: signed({**claims, "aud": "service:seat"})
    yield "another issuer", lambda claims: signed({**claims, "iss": "elsewhere"})
    yield "an unknown key", lambda claims: signed(claims, kid="k9")
    yield "no key id", lambda claims: jwt.encode(claims, KEY, algorithm="ES256")
    yield "a role that is none", lambda claims: signed({**claims, "role": "EMPEROR"})
    yield "roles", lambda claims: signed({**claims, "role": ["ADMIN"]})
    yield "a number for a person", lambda claims: signed({**claims, "sub": 7})
    yield "aliases that are none", lambda claims: signed({**claims, "aka": 7})
    yield "another role, put in afterwards", lambda claims: _with_claims(signed(claims), {**claims, "role": "ADMIN"})
    for missing in ("iss", "aud", "sub", "role", "exp"):
        yield f"no {missing}", lambda claims, missing=missing: signed(_without(claims, missing))
    for text in ("", "x", "a.b.c", "\u0000", "\ud800", "\N{SNOWMAN}.x.y", "." * 1_000_000, "' OR 1=1 --"):
        yield f"{text[:10]!r}", lambda _claims, text=text: text


def _without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in claims.items() if other != name}


def _with_claims(token: str, claims: dict[str, Any]) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{base64.urlsafe_b64encode(orjson.dumps(claims)).decode().rstrip('=')}.{signature}"


FORGERIES = dict(_forgeries())


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_token_is_refused(verifier: TokenVerifier, claims: dict[str, Any], forgery: str) -> None:
    # The key set is known before, and the right token passes: it is the forgery that fails.
    assert (await verifier.verify(signed(claims))).id == "u1"
    with pytest.raises(Unauthenticated):
        await verifier.verify(FORGERIES[forgery](claims))


async def test_an_expired_token_is_refused_though_it_was_remembered(
    verifier: TokenVerifier, claims: dict[str, Any], clock: ShiftingClock
) -> None:
    token = signed(claims)
    await verifier.verify(token)
    clock.advance(timedelta(seconds=601))
    with pytest.raises(Unauthenticated, match="expired"):
        await verifier.verify(token)


async def test_a_token_that_begins_later_is_refused_until_then(
    verifier: TokenVerifier, claims: dict[str, Any], clock: ShiftingClock
) -> None:
    token = signed({**claims, "nbf": claims["iat"] + 60})
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)
    clock.advance(timedelta(seconds=61))
    assert (await verifier.verify(token)).id == "u1"


async def test_the_key_set_is_fetched_once_for_many_tokens(
    verifier: TokenVerifier, key_set: KeySet, claims: dict[str, Any]
) -> None:
    for number in range(5):
        await verifier.verify(signed({**claims, "sub": f"u{number}"}))
    assert key_set.fetched == 1


async def test_unknown_keys_do_not_make_it_ask_auth_each_time(
    verifier: TokenVerifier, key_set: KeySet, claims: dict[str, Any]
) -> None:
    for number in range(5):
        with pytest.raises(Unauthenticated):
            await verifier.verify(signed(claims, kid=f"x{number}"))
    assert key_set.fetched == 1


async def test_a_new_key_is_fetched_when_a_token_names_it(
    verifier: TokenVerifier, key_set: KeySet, claims: dict[str, Any]
) -> None:
    await verifier.verify(signed(claims))
    key_set.keys["k2"] = OTHER_KEY
    verifier._tried_at = float("-inf")
    assert (await verifier.verify(signed({**claims, "sub": "u2"}, key=OTHER_KEY, kid="k2"))).id == "u2"
    assert key_set.fetched == 2


async def test_known_keys_serve_on_while_auth_is_down(
    verifier: TokenVerifier, key_set: KeySet, claims: dict[str, Any]
) -> None:
    await verifier.verify(signed(claims))
    key_set.is_down = True
    verifier._fetched_at = verifier._tried_at = float("-inf")
    assert (await verifier.verify(signed({**claims, "sub": "u2"}))).id == "u2"


async def test_without_any_key_auths_silence_is_no_refusal(
    verifier: TokenVerifier, key_set: KeySet, claims: dict[str, Any]
) -> None:
    key_set.is_down = True
    with pytest.raises(ServiceUnavailable):
        await verifier.verify(signed(claims))


def test_a_service_token_is_for_one_audience() -> None:
    token = ServiceTokens(SECRET, service="booking").issue("seat")
    assert ServiceTokens(SECRET, service="seat").check(token) == "booking"
    for service, secret in (("auth", SECRET), ("seat", SECRET + "!")):
        with pytest.raises(Forbidden):
            ServiceTokens(secret, service=service).check(token)


def test_a_service_token_is_reused_while_it_is_fresh() -> None:
    tokens = ServiceTokens(SECRET, service="booking")
    assert tokens.issue("seat") == tokens.issue("seat")
    assert tokens.issue("seat") != tokens.issue("auth")


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "\ud800"])
def test_what_is_no_service_token_is_refused(token: str | None) -> None:
    with pytest.raises(Forbidden):
        ServiceTokens(SECRET, service="seat").check(token)


def test_a_service_token_without_signature_or_end_is_refused() -> None:
    claims = {"iss": "booking", "aud": "service:seat"}
    for token in (
        jwt.encode({**claims, "exp": 4_000_000_000}, "", algorithm="none"),
        jwt.encode(claims, SECRET, algorithm="HS256"),
        jwt.encode({**claims, "exp": 1_000_000_000}, SECRET, algorithm="HS256"),
        signed({**claims, "exp": 4_000_000_000}),
    ):
        with pytest.raises(Forbidden):
            ServiceTokens(SECRET, service="seat").check(token)
