"""The service around the schema: key set, readiness, migrations, what `eventio` calls."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect

from subgraphs.auth.app import MIGRATIONS, create_service
from subgraphs.auth.errors import KeySecretChanged
from subgraphs.auth.models import Base
from subgraphs.auth.settings import AuthSettings
from subgraphs.common.bus import MemoryBus
from subgraphs.common.clock import SystemClock
from subgraphs.common.database import Database
from subgraphs.common.errors import DatabaseIsOlder, InvalidInput
from subgraphs.common.identity import Role
from subgraphs.common.migrations import migrate
from subgraphs.common.wiring import Surroundings
from tests.support.auth_service import PASSWORD, AuthSystem, running_auth


async def test_the_key_set_shows_public_keys_and_may_be_cached_for_a_minute(light_auth: AuthSystem) -> None:
    response = await light_auth.client.get("/.well-known/jwks.json")
    [key] = response.json()["keys"]
    assert sorted(key) == ["alg", "crv", "kid", "kty", "use", "x", "y"]
    assert (key["alg"], key["crv"], key["kty"], key["use"]) == ("ES256", "P-256", "EC", "sig")
    assert response.headers["cache-control"] == "public, max-age=60"


async def test_it_is_ready_once_it_runs(light_auth: AuthSystem) -> None:
    response = await light_auth.client.get("/ready")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": {"database": True}})


async def test_it_does_not_start_without_its_migrations(empty_database_url: str, tmp_path: Path) -> None:
    service = create_service(
        AuthSettings(database_url=empty_database_url, data_dir=tmp_path), Surroundings(MemoryBus())
    )
    with pytest.raises(DatabaseIsOlder, match="eventio migrate"):
        async with service.running():
            pass


async def test_the_migrations_make_what_the_models_say_and_take_it_back(empty_database_url: str) -> None:
    database = Database(empty_database_url, clock=SystemClock())
    await migrate(database, MIGRATIONS)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await migrate(database, MIGRATIONS, revision="base")
    async with database.engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["alembic_version"]
    await database.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_secret_that_protects_the_keys_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    url, folder = f"sqlite+aiosqlite:///{tmp_path / 'auth.sqlite3'}", tmp_path / "data"
    async with running_auth(url, folder) as system:
        ada = await system.register()
    secret = folder / "auth-key-secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["auth-key-secret"]
    async with running_auth(url, folder) as again:
        assert (await again.send("{ me { id } }", token=ada.access_token))["data"] == {"me": {"id": ada.id}}


async def test_another_secret_is_told_at_the_start(database_url: str, tmp_path: Path) -> None:
    async with running_auth(database_url, tmp_path, key_secret="one"):
        pass
    with pytest.raises(KeySecretChanged, match="EVENTIO_AUTH_KEY_SECRET"):
        async with running_auth(database_url, tmp_path, key_secret="other"):
            pass


async def test_private_keys_do_not_lie_open_in_the_database(tmp_path: Path) -> None:
    async with running_auth(f"sqlite+aiosqlite:///{tmp_path / 'auth.sqlite3'}", tmp_path / "data") as system:
        key = await system.service.services.keys.signing_key()
    number = key.private.private_numbers().private_value.to_bytes(32, "big")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("auth.sqlite3*"))
    assert number not in stored
    assert key.kid.encode() in stored


async def test_two_processes_on_one_database_share_keys_and_sessions(database_url: str, tmp_path: Path) -> None:
    async with running_auth(database_url, tmp_path) as one, running_auth(database_url, tmp_path) as other:
        ada = await one.register()
        assert (await other.send("{ me { id } }", token=ada.access_token))["data"] == {"me": {"id": ada.id}}
        assert await other.service.services.keys.jwks() == await one.service.services.keys.jwks()


async def test_create_user_makes_an_account_once_and_gives_it_the_role(auth: AuthSystem) -> None:
    create_user = auth.service.services.registration.create_user
    first = await create_user("boss@eventio.example", PASSWORD, "Boss", role=Role.CUSTOMER)
    again = await create_user("Boss@eventio.example", "another long password", "Chief", role=Role.ADMIN)
    assert (again.id, again.name, again.role) == (first.id, "Boss", Role.ADMIN)
    assert (await auth.login("boss@eventio.example")).id == first.id
    assert await auth.audit(first.id) == ["user.created", "role.granted"]


async def test_create_user_refuses_what_registration_refuses(auth: AuthSystem) -> None:
    create_user = auth.service.services.registration.create_user
    for email, password, name, role, field in (
        ("nonsense", PASSWORD, "Boss", Role.ADMIN, ("email",)),
        ("boss@eventio.example", "short", "Boss", Role.ADMIN, ("password",)),
        ("boss@eventio.example", PASSWORD, " ", Role.ADMIN, ("name",)),
        ("boss@eventio.example", PASSWORD, "Boss", Role.GUEST, ("role",)),
    ):
        with pytest.raises(InvalidInput) as refusal:
            await create_user(email, password, name, role=role)
        assert refusal.value.field == field


async def test_without_a_mailer_mail_becomes_files(tmp_path: Path) -> None:
    settings = AuthSettings(data_dir=tmp_path, argon2_memory_kib=8, argon2_passes=1)
    service = create_service(settings, Surroundings(MemoryBus()))
    services = service.services
    await migrate(services.database, MIGRATIONS)
    async with service.running():
        await services.registration.create_user("ada@example.com", PASSWORD, "Ada", role=Role.CUSTOMER)
        await services.recovery.request_reset("ada@example.com", address="127.0.0.1")
        async with asyncio.timeout(5):
            while await services.mails.pending():  # noqa: ASYNC110 - the relay tells nobody when it is done
                await asyncio.sleep(0.01)
    [path] = (tmp_path / "mail").glob("*.eml")
    assert "To: ada@example.com" in path.read_text()
