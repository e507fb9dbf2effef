"""What expired goes; what counts stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from subgraphs.auth.models import MailToken, RefreshToken, Session, ThrottleWindow
from subgraphs.auth.service.housekeeping import Housekeeping
from tests.support.auth_service import LOGIN, REFRESH, AuthSystem


async def count(auth: AuthSystem, model: type[Any]) -> int:
    async with auth.service.services.database.read() as session:
        return await session.scalar(select(func.count()).select_from(model)) or 0


async def tidy(auth: AuthSystem) -> None:
    services = auth.service.services
    await Housekeeping(services.database, services.keys, key_life=timedelta(days=90), clock=auth.clock).tidy()


async def test_expired_sessions_tokens_and_counters_go(auth: AuthSystem) -> None:
    ada = await auth.register()
    await auth.refused(LOGIN, email=ada.email, password="wrong password")
    await auth.service.services.recovery.request_reset(ada.email, address="10.0.0.1")
    await auth.delivered()
    for model in (Session, RefreshToken, MailToken, ThrottleWindow):
        assert await count(auth, model) > 0
    auth.clock.advance(timedelta(days=31))
    await tidy(auth)
    for model in (Session, RefreshToken, MailToken, ThrottleWindow):
        assert await count(auth, model) == 0


async def test_a_session_in_use_stays(auth: AuthSystem) -> None:
    ada = await auth.register()
    auth.clock.advance(timedelta(days=20))
    newest = (await auth.answer(REFRESH, refreshToken=ada.refresh_token))["refreshToken"]
    auth.clock.advance(timedelta(days=20))
    await tidy(auth)
    assert await count(auth, RefreshToken) == 1
    assert (await auth.answer(REFRESH, refreshToken=newest))["user"]["id"] == ada.id
