"""Rotating keys: nobody is logged out, nobody meets a key that they do not know."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import jwt

from subgraphs.auth.service.housekeeping import Housekeeping
from subgraphs.common.identity import TokenVerifier
from tests.support.auth_service import REFRESH, AuthSystem

AHEAD = timedelta(seconds=450)
TOKEN_LIFE = timedelta(seconds=600)


def kid_of(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid


async def published(auth: AuthSystem) -> list[str]:
    return [key["kid"] for key in (await auth.service.services.keys.jwks())["keys"]]


async def test_a_new_key_is_published_before_it_signs(auth: AuthSystem) -> None:
    ada = await auth.register()
    first = kid_of(ada.access_token)
    second = await auth.service.services.keys.rotate()
    assert await published(auth) == [first, second]
    assert kid_of((await auth.login()).access_token) == first
    auth.clock.advance(AHEAD)
    assert kid_of((await auth.login()).access_token) == second


async def test_an_old_key_is_published_until_its_last_token_has_expired(auth: AuthSystem) -> None:
    first, second = kid_of((await auth.register()).access_token), await auth.service.services.keys.rotate()
    auth.clock.advance(AHEAD - timedelta(seconds=5))
    last = await auth.login()
    assert kid_of(last.access_token) == first
    auth.clock.advance(TOKEN_LIFE - timedelta(seconds=5))
    verifier = TokenVerifier(auth.service.services.keys.jwks, clock=auth.clock)
    assert (await verifier.verify(last.access_token)).id == last.id
    auth.clock.advance(timedelta(minutes=2))
    assert await published(auth) == [second]


async def test_rotation_logs_nobody_out(auth: AuthSystem) -> None:
    ada, keys = await auth.register(), auth.service.services.keys
    refresh_token, kids = ada.refresh_token, set()
    for _ in range(3):
        # Somebody who fetched the key set when the new key was not there yet, and will not ask again for five minutes.
        verifier = TokenVerifier(keys.jwks, clock=auth.clock)
        await verifier.verify((await auth.login()).access_token)
        await keys.rotate()
        auth.clock.advance(AHEAD - timedelta(minutes=2))
        before = await auth.answer(REFRESH, refreshToken=refresh_token)
        assert (await verifier.verify(before["accessToken"])).id == ada.id
        # The five minutes are over: the new key is known from now on, before it signs.
        verifier._fetched_at = verifier._tried_at = float("-inf")
        await verifier.verify(before["accessToken"])
        auth.clock.advance(timedelta(minutes=2))
        after = await auth.answer(REFRESH, refreshToken=before["refreshToken"])
        assert (await verifier.verify(after["accessToken"])).id == ada.id
        assert (await verifier.verify(before["accessToken"])).id == ada.id
        refresh_token = after["refreshToken"]
        kids.add(kid_of(after["accessToken"]))
    assert len(kids) == 3


async def test_rotations_at_once_make_one_key(auth: AuthSystem) -> None:
    keys = auth.service.services.keys
    made = await asyncio.gather(*(keys.rotate() for _ in range(4)))
    assert len(await published(auth)) == len({(await keys.signing_key()).kid, *made})
    generations = [row.generation for row in await keys._published(anew=True)]
    assert generations == list(range(1, len(generations) + 1))


async def test_housekeeping_rotates_keys_that_are_old(auth: AuthSystem) -> None:
    services = auth.service.services
    housekeeping = Housekeeping(services.database, services.keys, key_life=timedelta(days=90), clock=auth.clock)
    auth.clock.advance(timedelta(days=89))
    await housekeeping.tidy()
    assert len(await published(auth)) == 1
    auth.clock.advance(timedelta(days=2))
    await housekeeping.tidy()
    await housekeeping.tidy()
    assert len(await published(auth)) == 2


async def test_housekeeping_deletes_keys_that_are_not_published_any_more(auth: AuthSystem) -> None:
    services = auth.service.services
    second = await services.keys.rotate()
    auth.clock.advance(timedelta(days=1))
    await services.keys.purge()
    rows = await services.keys._published(anew=True)
    assert [row.kid for row in rows] == [second]
    assert await auth.audit(second) == ["key.made"]
