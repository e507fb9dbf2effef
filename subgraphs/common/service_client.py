"""Calls another subgraph's internal fields over GraphQL: one protocol, typed, absent from the public schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import orjson
import structlog

from subgraphs.common import local_caller
from subgraphs.common.errors import ServiceUnavailable
from subgraphs.common.identity import ServiceTokens

log = structlog.get_logger(__name__)
SERVICE_TOKEN_HEADER = "x-eventio-service"  # noqa: S105 - a header's name
_DEFAULT_SECONDS = 5.0


class RemoteRefusal(Exception):
    """The other service answered with a GraphQL error that a repetition would not change."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class ServiceClient:
    """A client for one other subgraph.

    Args:
        service: its name, which is the audience of the token.
        base_url: where it listens; any value when `transport` leads into the same process.
        transport: httpx's transport, `httpx.ASGITransport(app)` in the embedded process, None for the network.
            Operations reach an application in this process without httpx.
    """

    def __init__(
        self,
        service: str,
        *,
        base_url: str,
        tokens: ServiceTokens,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._service = service
        self._tokens = tokens
        self._app = transport.app if isinstance(transport, httpx.ASGITransport) else None
        self._client = httpx.AsyncClient(
            base_url=base_url, transport=transport, timeout=_DEFAULT_SECONDS, trust_env=False
        )

    async def call(
        self, document: str, variables: Mapping[str, Any], *, timeout_seconds: float = _DEFAULT_SECONDS
    ) -> dict[str, Any]:
        """Run an operation and give its `data`.

        Raises:
            ServiceUnavailable: no answer, or a fault there. Whether the call had an effect is unknown.
            RemoteRefusal: it was understood and refused; nothing was done.
        """
        body = orjson.dumps({"query": document, "variables": variables})
        token = self._tokens.issue(self._service)
        try:
            if self._app is None:
                answer = orjson.loads(await self._send(body, token, timeout_seconds))
            else:
                answer = orjson.loads(await _hand_over(self._app, body, token, timeout_seconds))
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            log.warning("service_client.failed", service=self._service, error=repr(error))
            raise ServiceUnavailable from error
        if not isinstance(answer, dict):
            raise ServiceUnavailable
        if answer.get("errors"):
            self._refuse(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    async def get_json(self, path: str) -> dict[str, Any]:
        """Fetch a JSON document (auth's key set).

        Raises:
            ServiceUnavailable: no such answer.
        """
        try:
            response = await self._client.get(path)
            response.raise_for_status()
            document: dict[str, Any] = orjson.loads(response.content)
        except (httpx.HTTPError, orjson.JSONDecodeError) as error:
            raise ServiceUnavailable from error
        return document

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _send(self, body: bytes, token: str, timeout_seconds: float) -> bytes:
        headers = {"content-type": "application/json", SERVICE_TOKEN_HEADER: token}
        response = await self._client.post("/graphql", content=body, headers=headers, timeout=timeout_seconds)
        return response.content

    def _refuse(self, errors: list[dict[str, Any]]) -> None:
        first = errors[0]
        code = str(first.get("extensions", {}).get("code", "INTERNAL_SERVER_ERROR"))
        log.warning("service_client.refused", service=self._service, errors=errors)
        if code in {"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"}:
            raise ServiceUnavailable
        raise RemoteRefusal(code, str(first.get("message", "")))


async def _hand_over(app: Any, body: bytes, token: str, timeout_seconds: float) -> bytes:
    headers = [
        (b"content-type", b"application/json"),
        (SERVICE_TOKEN_HEADER.encode(), token.encode()),
        # Nothing lies between that could be late: the service itself keeps the time.
        (b"x-deadline-ms", str(int(timeout_seconds * 1_000)).encode()),
    ]
    try:
        return await local_caller.post(app, "/graphql", headers, body)
    except Exception as error:
        # As over a network: what breaks there is a fault of that service, not of the caller.
        log.exception("service_client.application_failed")
        raise ServiceUnavailable from error
