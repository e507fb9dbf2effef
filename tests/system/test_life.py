"""Starting and ending the embedded process: what is told, what is kept."""

from __future__ import annotations

import signal
import socket
import sqlite3
from pathlib import Path

import pytest

from tests.support.graphql_client import Client
from tests.support.journey import SHOWTIME, buy, free_seats, hold
from tests.support.system import embedded_system, start

pytestmark = [pytest.mark.system]
LOOPBACK = {"EVENTIO_AUTH_EXEMPT_LOOPBACK": "true"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for this file: demo data are made once."""
    return tmp_path_factory.mktemp("life")


async def test_ctrl_c_ends_it_cleanly_even_with_a_live_subscription(folder: Path) -> None:
    async with embedded_system(folder, changes=LOOPBACK) as system:
        client = Client(system)
        free = await free_seats(client)
        async with client.subscription(
            "subscription($id: ID!) { seatMapUpdates(showtimeId: $id) { __typename } }", id=free.showtime_id
        ) as updates:
            await updates.next()
            [process] = system.processes
            # How long it takes is measured by `make bench`, on a machine that does nothing else.
            assert process.stop() == 0, process.output
        await client.close()
    assert "Traceback" not in process.output


async def test_a_second_start_keeps_everything_and_so_does_a_kill(folder: Path) -> None:
    async with embedded_system(folder, changes=LOOPBACK) as system:
        client = Client(system)
        await client.be_guest()
        free = await free_seats(client)
        booking = await buy(client, free.showtime_id, free.seat_ids[0])
        held = await hold(client, free.showtime_id, free.seat_ids[1])
        token = client.token
        system.processes[0].popen.send_signal(signal.SIGKILL)
        system.processes[0].popen.wait()
        await client.close()
    async with embedded_system(folder, changes=LOOPBACK) as system:
        client = Client(system)
        client.token = token
        again = await client.ask("query($id: ID!) { booking(id: $id) { status tickets { code } } }", id=booking["id"])
        assert again["booking"]["status"] == "CONFIRMED"
        assert [ticket["code"] for ticket in again["booking"]["tickets"]] == [
            ticket["code"] for ticket in booking["tickets"]
        ]
        found = await client.ask("query($id: ID!) { hold(id: $id) { id } }", id=held["hold"]["id"])
        assert found["hold"] == {"id": held["hold"]["id"]}
        seats = (await client.ask(SHOWTIME, id=free.showtime_id))["showtime"]["seatMap"]["seats"]
        status = {one["seat"]["id"]: one["status"] for one in seats}
        assert [status[seat] for seat in free.seat_ids[:2]] == ["SOLD", "HELD"]
        await client.close()


def refusal(folder: Path, *arguments: str) -> str:
    """Run `eventio …`, which has to fail with one line; gives the line."""
    process = start(arguments, log=folder / "refused.log")
    assert process.popen.wait(30) == 1, process.output
    lines = [line for line in process.output.splitlines() if line.strip()]
    assert len(lines) == 1, process.output
    return lines[0]


def test_a_busy_port_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = refusal(tmp_path, "up", "--port", port, "--data-dir", str(tmp_path / "data"))
    assert port in line
    assert "--port" in line
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    line = refusal(tmp_path, "up", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert "--data-dir" in line


async def test_a_folder_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    async with embedded_system(tmp_path, "--no-demo"):
        line = refusal(tmp_path, "up", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert "another Eventio" in line


async def test_a_newer_database_is_told_in_one_line_and_left_alone(tmp_path: Path) -> None:
    async with embedded_system(tmp_path, "--no-demo"):
        pass
    database = tmp_path / "data" / "seat.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
    connection.close()
    line = refusal(tmp_path, "up", "--port", "0", "--data-dir", str(tmp_path / "data"), "--no-demo")
    assert "9999_from_the_future" in line
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999_from_the_future",)]
    connection.close()


def test_demo_accounts_are_refused_beyond_this_machine(tmp_path: Path) -> None:
    line = refusal(tmp_path, "up", "--host", "0.0.0.0", "--port", "0", "--data-dir", str(tmp_path / "data"))
    assert "--no-demo" in line


def test_an_unknown_command_is_a_wrong_call(tmp_path: Path) -> None:
    assert start(["fly"], log=tmp_path / "log").popen.wait(30) == 2
