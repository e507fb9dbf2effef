"""Which paths belong to payments, and a port that serves nothing else: it may face the internet, booking's own not."""

from __future__ import annotations

from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

# Payment providers call back over HTTP, and the sandbox has a page for a payment's second step.
PAYMENT_PATHS: Final = ("/webhooks/", "/pay/")
_NOT_FOUND: Final = b'{"error":"not found"}'


class PaymentDoor:
    """Serves an application whole, but on one port only what belongs to payments.

    Args:
        app: booking.
        port: the port that is published.
    """

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._is_published(scope) or _is_for_payments(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refuse(send)

    def _is_published(self, scope: Scope) -> bool:
        server: tuple[str, int | None] | None = scope.get("server")
        # What came in nobody knows where is taken for published.
        return server is None or server[1] in {None, self._port}


def _is_for_payments(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["type"] == "http" and path.startswith(PAYMENT_PATHS)


async def _refuse(send: Send) -> None:
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": 404,
        "headers": [(b"content-type", b"application/json"), (b"content-length", str(len(_NOT_FOUND)).encode())],
    }
    await send(start)
    await send({"type": "http.response.body", "body": _NOT_FOUND})
