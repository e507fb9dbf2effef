"""A server that speaks the part of Stripe's API that is used here, over real HTTP, and misbehaves when it is told to.

localstripe, the one on PyPI, lacks most test payment methods, searching, and idempotency keys: hence this one. It is
written from Stripe's API reference: form bodies with brackets, error objects, idempotent replays, signed webhooks.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from subgraphs.common.ids import new_id

SECRET_KEY: Final = "sk_test_of_this_suite"
WEBHOOK_SECRET: Final = "whsec_of_this_suite"
_DECLINES: Final = {
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
}
_SECOND_STEP: Final = frozenset({"pm_card_authenticationRequired"})
_PARAMETERS: Final = {
    "amount",
    "currency",
    "payment_method",
    "allowed_payment_method_types[0]",
    "capture_method",
    "confirm",
    "return_url",
    "description",
    "metadata[payment_id]",
}
_ACCEPTED: Final = frozenset({"pm_card_visa", "pm_card_mastercard"})


class _Refusal(Exception):
    def __init__(self, status: int, **error: Any) -> None:
        super().__init__(error.get("code"))
        self.status = status
        self.error = error


@dataclass
class StripeServer:
    """What it knows, and what goes wrong.

    Attributes:
        lose_answers: the next calls to these paths' ends are done, and their answers lost.
        fail_before: the next calls are answered with 500, and nothing is done.
        answers: the next answers, whatever was asked.
    """

    port: int = 0
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    replays: dict[str, tuple[str, dict[str, str], int, dict[str, Any]]] = field(default_factory=dict)
    lose_answers: list[str] = field(default_factory=list)
    fail_before: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def money(self) -> tuple[int, int, int]:
        """Give what was captured, paid back, and is reserved."""
        captured = sum(intent["amount_received"] for intent in self.intents.values())
        refunded = sum(refund["amount"] for refund in self.refunds.values())
        reserved = sum(one["amount"] for one in self.intents.values() if one["status"] == "requires_capture")
        return captured, refunded, reserved

    def signed(self, event: Mapping[str, Any], *, secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, str]:
        """Give an event as its webhook sends it: body and `Stripe-Signature`."""
        return self.signed_raw(orjson.dumps(event), secret=secret, age=age)

    def signed_raw(self, body: bytes, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> tuple[bytes, str]:
        """Sign any body."""
        at = int(time.time()) - age
        digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
        return body, f"t={at},v1={digest}"

    def approve(self, intent_id: str) -> None:
        """Be the person at their bank."""
        self._move(self.intents[intent_id], "requires_capture")

    # ---- the API ---------------------------------------------------------------------------------------------------
    async def serve(self, request: Request) -> Response:
        path = request.url.path
        self.calls.append(f"{request.method} {path}")
        if self.answers:
            return self.answers.pop(0)
        if request.headers.get("authorization") != f"Bearer {SECRET_KEY}":
            return _answer(401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}})
        if self._is_next(self.fail_before, path):
            return _answer(500, {"error": {"type": "api_error", "message": "try again"}})
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        status, answer = self._once(request, path, form)
        if self._is_next(self.lose_answers, path):
            raise ConnectionAbortedError
        return _answer(status, answer)

    def _once(self, request: Request, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        key = request.headers.get("idempotency-key")
        known = self.replays.get(key) if key and request.method == "POST" else None
        if known is not None:
            if known[:2] != (path, form):
                return 400, {"error": {"type": "idempotency_error", "message": "Keys for idempotent requests …"}}
            return known[2:]
        try:
            status, answer = 200, self._do(request.method, path, form or dict(request.query_params))
        except _Refusal as refusal:
            status, answer = refusal.status, {"error": refusal.error}
        if key and request.method == "POST":
            self.replays[key] = (path, form, status, orjson.loads(orjson.dumps(answer)))
        return status, answer

    def _do(self, method: str, path: str, values: dict[str, str]) -> dict[str, Any]:
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["payment_intents"]:
                return self._create(values)
            case "GET", ["payment_intents", "search"]:
                return self._search(values["query"])
            case "GET", ["payment_intents", intent_id]:
                return self._intent(intent_id)
            case "POST", ["payment_intents", intent_id, "capture"]:
                return self._capture(self._intent(intent_id))
            case "POST", ["payment_intents", intent_id, "cancel"]:
                return self._cancel(self._intent(intent_id))
            case "POST", ["refunds"]:
                return self._refund(values)
            case _:
                raise _Refusal(404, type="invalid_request_error", message=f"Unrecognized request URL ({path})")

    def _create(self, values: dict[str, str]) -> dict[str, Any]:
        method = values["payment_method"]
        known = method in _ACCEPTED or method in _SECOND_STEP or method in _DECLINES
        unknown = set(values) - _PARAMETERS
        if unknown:
            raise _Refusal(400, type="invalid_request_error", code="parameter_unknown", param=min(unknown))
        assert (values["confirm"], values["capture_method"]) == ("true", "manual")
        if not known:
            raise _Refusal(400, type="invalid_request_error", code="resource_missing", message="No such PaymentMethod")
        intent: dict[str, Any] = {
            "id": f"pi_{new_id()}",
            "object": "payment_intent",
            "amount": int(values["amount"]),
            "amount_received": 0,
            "currency": values["currency"],
            "status": "requires_confirmation",
            "client_secret": f"secret_{new_id()}",
            "metadata": {"payment_id": values["metadata[payment_id]"]},
            "next_action": None,
            "last_payment_error": None,
        }
        self.intents[intent["id"]] = intent
        if method in _DECLINES:
            code = _DECLINES[method]
            failure = {"type": "card_error", "code": "card_declined", "decline_code": code, "message": "declined"}
            intent["last_payment_error"] = failure
            self._move(intent, "requires_payment_method", kind="payment_intent.payment_failed")
            raise _Refusal(402, **failure, payment_intent=intent)
        if method in _SECOND_STEP:
            redirect = {"url": f"{self.url}/step/{intent['id']}", "return_url": values["return_url"]}
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": redirect}
            self._move(intent, "requires_action")
        else:
            self._move(intent, "requires_capture", kind="payment_intent.amount_capturable_updated")
        return intent

    def _capture(self, intent: dict[str, Any]) -> dict[str, Any]:
        if intent["status"] != "requires_capture":
            raise _unexpected(intent)
        intent["amount_received"] = intent["amount"]
        self._move(intent, "succeeded")
        return intent

    def _cancel(self, intent: dict[str, Any]) -> dict[str, Any]:
        if intent["status"] in {"succeeded", "canceled"}:
            raise _unexpected(intent)
        self._move(intent, "canceled")
        return intent

    def _refund(self, values: dict[str, str]) -> dict[str, Any]:
        intent = self._intent(values["payment_intent"])
        amount = int(values["amount"])
        before = sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == intent["id"])
        if before + amount > intent["amount_received"]:
            raise _Refusal(400, type="invalid_request_error", code="charge_already_refunded", message="too much")
        refund = {
            "id": f"re_{new_id()}",
            "object": "refund",
            "amount": amount,
            "payment_intent": intent["id"],
            "status": "succeeded",
        }
        self.refunds[refund["id"]] = refund
        return refund

    def _search(self, query: str) -> dict[str, Any]:
        match = re.fullmatch(r"metadata\['payment_id'\]:'([^']+)'", query)
        if match is None:
            raise _Refusal(400, type="invalid_request_error", message="unsupported query")
        found = [one for one in self.intents.values() if one["metadata"]["payment_id"] == match[1]]
        return {"object": "search_result", "data": found, "has_more": False, "url": "/v1/payment_intents/search"}

    def _intent(self, intent_id: str) -> dict[str, Any]:
        if intent_id not in self.intents:
            raise _Refusal(404, type="invalid_request_error", code="resource_missing", message="No such payment_intent")
        return self.intents[intent_id]

    def _move(self, intent: dict[str, Any], status: str, *, kind: str | None = None) -> None:
        intent["status"] = status
        if status != "requires_action":
            intent["next_action"] = None
        event = {
            "id": f"evt_{new_id()}",
            "object": "event",
            "type": kind or f"payment_intent.{status}",
            "data": {"object": orjson.loads(orjson.dumps(intent))},
        }
        self.events.append(event)

    def _is_next(self, faults: list[str], path: str) -> bool:
        wanted = next((fault for fault in faults if path.endswith(fault)), None)
        if wanted is not None:
            faults.remove(wanted)
        return wanted is not None


def nonsense() -> Response:
    """Give an answer that a proxy in between might give."""
    return HTMLResponse("<html>Bad gateway</html>", status_code=200)


def _unexpected(intent: Mapping[str, Any]) -> _Refusal:
    return _Refusal(
        400,
        type="invalid_request_error",
        code="payment_intent_unexpected_state",
        message=f"This PaymentIntent has a status of {intent['status']}",
        payment_intent=dict(intent),
    )


def _answer(status: int, content: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json", headers={"request-id": "req_1"})


@contextlib.asynccontextmanager
async def stripe_server() -> AsyncIterator[StripeServer]:
    """Run one on a free port, in the test's own event loop."""
    state = StripeServer()
    app = Starlette(routes=[Route("/{path:path}", state.serve, methods=["GET", "POST"])])
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    state.port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.should_exit = True
        await running
