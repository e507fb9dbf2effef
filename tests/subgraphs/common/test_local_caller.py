"""Calls between services of one process: the same answers and faults as over a network."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.identity import ServiceTokens
from subgraphs.common.service_client import RemoteRefusal, ServiceClient

_SECRET = "a secret of at least thirty-two bytes"


class Answering:
    """Answers with what it was given, in two pieces, and remembers what it was asked."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = orjson.dumps(answer)
        self.headers: dict[bytes, bytes] = {}
        self.body: Any = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (scope["method"], scope["path"]) == ("POST", "/graphql")
        self.headers = dict(scope["headers"])
        self.body = orjson.loads((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self._answer[:5], "more_body": True})
        await send({"type": "http.response.body", "body": self._answer[5:]})


def client_of(app: ASGIApp) -> ServiceClient:
    tokens = ServiceTokens(_SECRET, service="booking")
    return ServiceClient("seat", base_url="http://seat", tokens=tokens, transport=httpx.ASGITransport(app))


async def test_the_application_gets_the_operation_a_service_token_and_the_time_that_is_left() -> None:
    app = Answering({"data": {"done": True}})
    client = client_of(app)
    assert await client.call("{ done }", {"a": 1}, timeout_seconds=1.5) == {"done": True}
    assert app.body == {"query": "{ done }", "variables": {"a": 1}}
    assert app.headers[b"x-deadline-ms"] == b"1500"
    token = app.headers[b"x-eventio-service"].decode()
    assert ServiceTokens(_SECRET, service="seat").check(token) == "booking"
    await client.close()


async def test_a_refusal_is_told_with_its_code() -> None:
    client = client_of(Answering({"errors": [{"message": "No.", "extensions": {"code": "NO"}}]}))
    with pytest.raises(RemoteRefusal) as raised:
        await client.call("{ done }", {})
    assert raised.value.code == "NO"
    await client.close()


async def test_an_application_that_breaks_is_a_service_that_does_not_answer() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ZeroDivisionError

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    for app in (broken, silent):
        client = client_of(app)
        with pytest.raises(ServiceUnavailable):
            await client.call("{ done }", {})
        await client.close()
