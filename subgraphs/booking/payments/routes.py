"""The web addresses of payments: where providers send webhooks, and the sandbox's page for the second step."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from subgraphs.booking.payments.provider import ForgedWebhook, ProviderPayment, ProviderStatus
from subgraphs.booking.payments.sandbox.provider import ACTION_PATH, SandboxProvider
from subgraphs.common.context import headers_of

TakeWebhook = Callable[[str, dict[str, str], bytes], Awaitable[str]]
"""Takes a webhook (provider, headers, body); raises ForgedWebhook, LookupError (no such provider), ValueError."""

WEBHOOK_PATH: Final = "/webhooks"
_LARGEST_WEBHOOK: Final = 256_000
_LONGEST_TOKEN: Final = 64


def mount_webhooks(web: FastAPI, take: TakeWebhook) -> None:
    """Serve `POST /webhooks/<provider>`."""

    async def receive(provider: str, request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_WEBHOOK:
                return _refused(413, "too large")
        try:
            outcome = await take(provider, dict(headers_of(request.scope["headers"])), bytes(body))
        except LookupError:
            return _refused(404, "unknown provider")
        except ForgedWebhook:
            return _refused(400, "wrong signature")
        except ValueError:
            return _refused(400, "not an event")
        return JSONResponse({"outcome": outcome})

    web.add_api_route(WEBHOOK_PATH + "/{provider}", receive, methods=["POST"], response_model=None)


def mount_sandbox_page(web: FastAPI, sandbox: SandboxProvider) -> None:
    """Serve the page where a person approves or refuses a payment: `GET` shows it, `POST …/approve` and `…/refuse`."""

    async def show(token: str) -> Response:
        payment = await sandbox.waiting_action(token) if len(token) <= _LONGEST_TOKEN else None
        return _page(payment, token)

    async def approve(token: str) -> Response:
        return _page(await _decide(sandbox, token, approve=True), token)

    async def refuse(token: str) -> Response:
        return _page(await _decide(sandbox, token, approve=False), token)

    web.add_api_route(ACTION_PATH + "/{token}", show, methods=["GET"], response_model=None)
    web.add_api_route(ACTION_PATH + "/{token}/approve", approve, methods=["POST"], response_model=None)
    web.add_api_route(ACTION_PATH + "/{token}/refuse", refuse, methods=["POST"], response_model=None)


async def _decide(sandbox: SandboxProvider, token: str, *, approve: bool) -> ProviderPayment | None:
    return await sandbox.complete_action(token, approve=approve) if len(token) <= _LONGEST_TOKEN else None


def _refused(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status_code=status)


def _page(payment: ProviderPayment | None, token: str) -> Response:
    if payment is None:
        return HTMLResponse(_document("<p>There is no such payment.</p>"), status_code=404)
    amount = f"{payment.amount.decimal} {payment.amount.currency}"
    if payment.status is not ProviderStatus.REQUIRES_ACTION:
        said = {
            ProviderStatus.AUTHORIZED: "You approved this payment: go back to your booking.",
            ProviderStatus.CAPTURED: "This payment is done: go back to your booking.",
            ProviderStatus.DECLINED: "You refused this payment. Nothing was charged.",
        }.get(payment.status, "This payment was given up. Nothing was charged.")
        return HTMLResponse(_document(f"<p>{said}</p>"))
    action = f"{ACTION_PATH}/{html.escape(token)}"
    buttons = "".join(
        f'<form method="post" action="{action}/{verb}"><button>{label}</button></form>'
        for verb, label in (("approve", "Approve"), ("refuse", "Refuse"))
    )
    return HTMLResponse(_document(f"<p>Pay {html.escape(amount)}?</p>{buttons}"))


def _document(content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox bank</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><h1>Sandbox bank</h1><p>Nothing here moves real money.</p>{content}</body></html>"
    )
