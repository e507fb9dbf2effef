"""One HTTP request and its answer, as every part of the server sees it."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterable

import orjson

from router.server.asgi_types import Message, Receive, Scope, Send
from router.server.refusals import BodyTooLarge, BodyTooSlow, Header, Refusal

_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")


class ClientGone(Exception):
    """The client closed the connection before it was done."""


def request_id_of(headers: dict[bytes, bytes]) -> str:
    """Give the client's `x-request-id` where it is fit for a header and a log line, else a new one."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return os.urandom(16).hex()


def client_of(scope: Scope) -> str:
    """Give the client's address, empty where the server does not know it (a Unix socket)."""
    client = scope.get("client")
    return "" if client is None else str(client[0])


class Exchange:
    """A request, and what has become of it.

    Attributes:
        method: upper case.
        path: decoded, without the query string.
        headers: lower-case names; of repeated ones the last.
        request_id: goes to the client, the subgraphs and the log.
        client: the client's address, empty where the server does not know it.
        cors: what is added to the answer for another site's page.
        status: of the answer, 0 until there is one.
        operation: what was run, for the log: kind, name and error codes.
    """

    __slots__ = (
        "_receive",
        "_send",
        "client",
        "cors",
        "headers",
        "method",
        "operation",
        "path",
        "query_string",
        "request_id",
        "root_path",
        "scheme",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.root_path: str = scope.get("root_path", "")
        self.scheme: str = scope.get("scheme", "http")
        self.query_string: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.request_id = request_id_of(self.headers)
        self.client = client_of(scope)
        self.cors: tuple[Header, ...] = ()
        self.status = 0
        self.operation: dict[str, object] = {}
        self.started = time.perf_counter()
        self._receive = receive
        self._send = send

    async def body(self, *, limit: int, seconds: float) -> bytes:
        """Read the whole body.

        Raises:
            BodyTooLarge: it has more than `limit` bytes; the rest is left unread.
            BodyTooSlow: it is not there within these seconds.
            ClientGone: it ended half-way.
        """
        length = self.headers.get(b"content-length")
        if length is not None and length.isdigit() and int(length) > limit:
            raise BodyTooLarge(limit)
        try:
            async with asyncio.timeout(seconds):
                body = await self._all_parts(limit)
        except TimeoutError as error:
            raise BodyTooSlow from error
        if len(body) > limit:
            raise BodyTooLarge(limit)
        return body

    async def _all_parts(self, limit: int) -> bytes:
        """Read parts until the last one, or until they are too many."""
        message = await self._next_part()
        body: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            return body
        parts = [body]
        size = len(body)
        while message.get("more_body", False) and size <= limit:
            message = await self._next_part()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
        return b"".join(parts)

    async def _next_part(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message

    async def until_gone(self) -> None:
        """Wait until the client has closed the connection."""
        while (await self._receive())["type"] != "http.disconnect":
            continue

    async def respond(self, status: int, content_type: bytes, body: bytes, headers: Iterable[Header] = ()) -> None:
        """Answer with a whole body."""
        await self.start(status, content_type, ((b"content-length", b"%d" % len(body)), *headers))
        await self._send({"type": "http.response.body", "body": body})

    async def start(self, status: int, content_type: bytes, headers: Iterable[Header] = ()) -> None:
        """Begin an answer; its body follows by `write`."""
        self.status = status
        all_headers = [
            (b"content-type", content_type),
            (b"x-request-id", self.request_id.encode("ascii")),
            (b"x-content-type-options", b"nosniff"),
            *self.cors,
            *headers,
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": all_headers})

    async def write(self, part: bytes, *, last: bool = False) -> None:
        """Send a part of a body that `start` began."""
        await self._send({"type": "http.response.body", "body": part, "more_body": not last})

    async def refuse(self, refusal: Refusal, content_type: bytes = b"application/json; charset=utf-8") -> None:
        """Answer with the refusal."""
        self.operation["codes"] = (refusal.code,)
        body = orjson.dumps({"errors": [refusal.formatted()]})
        await self.respond(refusal.status, content_type, body, refusal.headers)
