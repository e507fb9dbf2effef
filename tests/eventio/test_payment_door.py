"""The port that faces the internet serves what belongs to payments and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from eventio.payment_door import PaymentDoor


async def _ask(path: str, *, port: int | None, kind: str = "http") -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "served"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    server = None if port is None else ("10.0.0.5", port)
    await PaymentDoor(app, 4080)({"type": kind, "path": path, "server": server}, receive, send)
    return sent


@pytest.mark.parametrize("path", ["/webhooks/stripe", "/pay/sandbox/token/approve"])
async def test_payments_come_in(path: str) -> None:
    assert await _ask(path, port=4080) == [{"type": "served"}]


@pytest.mark.parametrize("path", ["/graphql", "/", "/ready", "/webhooks", "/x/webhooks/stripe"])
@pytest.mark.parametrize("port", [4080, None])
async def test_all_else_is_not_there(path: str, port: int | None) -> None:
    start, _ = await _ask(path, port=port)
    assert start["status"] == 404


async def test_a_websocket_is_closed() -> None:
    assert await _ask("/graphql", port=4080, kind="websocket") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_the_port_behind_serves_all(kind: str) -> None:
    assert await _ask("/graphql", port=4002, kind=kind) == [{"type": "served"}]
