"""Registering, signing in, staying signed in, signing out, as a client does it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import jwt

from subgraphs.auth.models import User
from tests.support.auth_service import GUEST, LOGIN, PASSWORD, REFRESH, REGISTER, AuthSystem

ME = "{ me { id email name role } }"
LOGOUT = "mutation { answer: logout { success userErrors { code message field } } }"


async def test_register_signs_a_customer_in(auth: AuthSystem) -> None:
    payload = await auth.answer(REGISTER, email="Ada@Example.com", password=PASSWORD, name="  Ada Byron ")
    ada = payload["user"]
    assert ada == {"id": ada["id"], "email": "Ada@example.com", "name": "Ada Byron", "role": "CUSTOMER"}
    assert payload["userErrors"] == []
    assert (await auth.send(ME, token=payload["accessToken"]))["data"] == {"me": ada}
    assert await auth.audit(ada["id"]) == ["user.created"]


async def test_me_is_null_when_signed_out(auth: AuthSystem) -> None:
    assert await auth.send(ME) == {"data": {"me": None}}


async def test_the_access_token_says_who_and_until_when(auth: AuthSystem) -> None:
    payload = await auth.answer(REGISTER, email="ada@example.com", password=PASSWORD, name="Ada")
    claims = jwt.decode(payload["accessToken"], options={"verify_signature": False})
    expires_at = datetime.fromisoformat(payload["accessTokenExpiresAt"])
    assert claims == {
        "iss": "eventio",
        "aud": "eventio",
        "sub": payload["user"]["id"],
        "role": "CUSTOMER",
        "iat": int(expires_at.timestamp()) - 600,
        "exp": int(expires_at.timestamp()),
        "sid": claims["sid"],
    }


async def test_an_address_has_one_account_however_it_is_spelled(auth: AuthSystem) -> None:
    await auth.register("ada@example.com")
    for email in ("ADA@EXAMPLE.COM", "ada@example.com ", "\uff41da@example.com"):
        refusal = await auth.refused(REGISTER, email=email, password=PASSWORD, name="Another")
        assert refusal == ("EMAIL_TAKEN", ["email"])


async def test_of_registrations_at_once_with_one_address_one_succeeds(auth: AuthSystem) -> None:
    answers = await asyncio.gather(
        *(auth.answer(REGISTER, email="ada@example.com", password=PASSWORD, name=f"Ada {n}") for n in range(5))
    )
    codes = sorted(answer["userErrors"][0]["code"] if answer["userErrors"] else "" for answer in answers)
    assert codes == ["", "EMAIL_TAKEN", "EMAIL_TAKEN", "EMAIL_TAKEN", "EMAIL_TAKEN"]


async def test_login_accepts_any_spelling_of_the_address(auth: AuthSystem) -> None:
    ada = await auth.register("ada@example.com")
    assert (await auth.login(" ADA@example.COM ")).id == ada.id


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(auth: AuthSystem) -> None:
    await auth.register("ada@example.com")
    wrong = await auth.answer(LOGIN, email="ada@example.com", password="wrong password")
    unknown = await auth.answer(LOGIN, email="bob@example.com", password="wrong password")
    assert wrong == unknown
    assert [error["code"] for error in wrong["userErrors"]] == ["INVALID_CREDENTIALS"]
    assert wrong["userErrors"][0]["field"] is None


async def test_an_unknown_address_costs_a_password_hash_too(auth: AuthSystem) -> None:
    hasher = auth.service.services.sessions._hasher
    verified: list[str] = []
    original = hasher._matches

    def counting(password: str, stored: str) -> bool:
        verified.append(stored)
        return original(password, stored)

    hasher._matches = counting  # type: ignore[method-assign] # counts the work, which is what takes the time
    await auth.refused(LOGIN, email="bob@example.com", password="wrong password")
    assert [stored.rpartition("$")[0].rpartition("$")[0] for stored in verified] == ["$argon2id$v=19$m=8,t=1,p=1"]


async def test_a_guest_cannot_be_logged_into(auth: AuthSystem) -> None:
    guest = await auth.answer(GUEST)
    assert guest["user"] == {"id": guest["user"]["id"], "email": None, "name": None, "role": "GUEST"}
    assert (await auth.send(ME, token=guest["accessToken"]))["data"] == {"me": guest["user"]}


async def test_refresh_gives_new_tokens_for_the_same_session(auth: AuthSystem) -> None:
    ada = await auth.register()
    payload = await auth.answer(REFRESH, refreshToken=ada.refresh_token)
    assert payload["user"]["id"] == ada.id
    assert payload["refreshToken"] != ada.refresh_token
    first = jwt.decode(ada.access_token, options={"verify_signature": False})
    second = jwt.decode(payload["accessToken"], options={"verify_signature": False})
    assert first["sid"] == second["sid"]


async def test_a_replayed_refresh_token_ends_its_family(auth: AuthSystem) -> None:
    ada = await auth.register()
    other_device = await auth.login()
    newest = (await auth.answer(REFRESH, refreshToken=ada.refresh_token))["refreshToken"]
    assert await auth.refused(REFRESH, refreshToken=ada.refresh_token) == ("INVALID_CREDENTIALS", ["refreshToken"])
    assert await auth.refused(REFRESH, refreshToken=newest) == ("INVALID_CREDENTIALS", ["refreshToken"])
    session_id = jwt.decode(ada.access_token, options={"verify_signature": False})["sid"]
    assert await auth.audit(session_id) == ["session.opened", "session.replayed"]
    assert (await auth.answer(REFRESH, refreshToken=other_device.refresh_token))["userErrors"] == []


async def test_a_refresh_token_sent_twice_at_once_works_once_at_most_and_ends_its_family(auth: AuthSystem) -> None:
    ada = await auth.register()
    answers = await asyncio.gather(*(auth.answer(REFRESH, refreshToken=ada.refresh_token) for _ in range(6)))
    given = [answer["refreshToken"] for answer in answers if answer["refreshToken"]]
    assert len(given) == 1
    assert await auth.refused(REFRESH, refreshToken=given[0]) == ("INVALID_CREDENTIALS", ["refreshToken"])


async def test_a_refresh_token_expires(auth: AuthSystem) -> None:
    ada = await auth.register()
    auth.clock.advance(timedelta(days=30, seconds=1))
    assert await auth.refused(REFRESH, refreshToken=ada.refresh_token) == ("INVALID_CREDENTIALS", ["refreshToken"])


async def test_an_access_token_expires(auth: AuthSystem) -> None:
    ada = await auth.register()
    auth.clock.advance(timedelta(seconds=599))
    assert (await auth.send("{ me { id } }", token=ada.access_token))["data"] == {"me": {"id": ada.id}}
    auth.clock.advance(timedelta(seconds=2))
    assert await auth.denied("{ me { id } }", ada.access_token) == "UNAUTHENTICATED"


async def test_logout_ends_the_session_and_no_other(auth: AuthSystem) -> None:
    ada, other = await auth.register(), await auth.login()
    assert await auth.answer(LOGOUT, ada.access_token) == {"success": True, "userErrors": []}
    assert await auth.answer(LOGOUT, ada.access_token) == {"success": True, "userErrors": []}
    assert await auth.refused(REFRESH, refreshToken=ada.refresh_token) == ("INVALID_CREDENTIALS", ["refreshToken"])
    assert (await auth.answer(REFRESH, refreshToken=other.refresh_token))["userErrors"] == []


async def test_logout_wants_a_session(auth: AuthSystem) -> None:
    assert await auth.denied(LOGOUT) == "UNAUTHENTICATED"


async def test_login_strengthens_a_hash_of_older_parameters(auth: AuthSystem) -> None:
    await auth.register()
    hasher = auth.service.services.sessions._hasher
    hasher._argon = type(hasher._argon)(time_cost=2, memory_cost=8, parallelism=1)
    ada = await auth.login()
    async with auth.service.services.database.read() as session:
        user = await session.get_one(User, ada.id)
    assert user.password_hash is not None
    assert "m=8,t=2,p=1" in user.password_hash
    assert (await auth.login()).id == ada.id
