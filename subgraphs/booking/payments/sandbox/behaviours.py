"""How the sandbox treats each payment method: Stripe's test methods by name, and tokens for what goes wrong in life."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Answer(enum.Enum):
    """What the caller gets to hear of an authorization."""

    PROMPT = "prompt"
    LOST = "lost"  # done, but the answer never arrives
    LATE = "late"  # no answer, and not known until some time later


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What becomes of a payment by one method.

    Attributes:
        status: where the authorization leads.
        decline_code: why not, in Stripe's words.
        answer: see `Answer`.
        copies: how often each event is sent to the webhook; 0: the event is lost.
        reordered: the first event comes after those that follow it.
        capture: `refused`: the authorization is gone when it is to be captured; `blocked`: it cannot be captured, and
            stays; `lost`: done, but the answer is lost.
        refund: `lost`: the first answer to a refund is lost.
    """

    status: str = "authorized"
    decline_code: str | None = None
    answer: Answer = Answer.PROMPT
    copies: int = 1
    reordered: bool = False
    capture: str = "prompt"
    refund: str = "prompt"


def _declined(code: str) -> Behaviour:
    return Behaviour(status="declined", decline_code=code)


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    **dict.fromkeys(
        (
            "pm_card_visa",
            "pm_card_visa_debit",
            "pm_card_mastercard",
            "pm_card_amex",
            "pm_card_discover",
            "pm_card_diners",
            "pm_card_jcb",
            "pm_card_unionpay",
        ),
        Behaviour(),
    ),
    "pm_card_chargeDeclined": _declined("generic_decline"),
    "pm_card_visa_chargeDeclined": _declined("generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _declined("insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": _declined("lost_card"),
    "pm_card_chargeDeclinedStolenCard": _declined("stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": _declined("expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declined("incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": _declined("processing_error"),
    "pm_card_authenticationRequired": Behaviour(status="requires_action"),
    "pm_card_authenticationRequiredOnSetup": Behaviour(status="requires_action"),
    "pm_card_threeDSecure2Required": Behaviour(status="requires_action"),
    "pm_sandbox_timeout": Behaviour(answer=Answer.LOST),
    "pm_sandbox_timeoutDeclined": Behaviour(status="declined", decline_code="generic_decline", answer=Answer.LOST),
    "pm_sandbox_processing": Behaviour(status="processing"),
    "pm_sandbox_late": Behaviour(answer=Answer.LATE),
    "pm_sandbox_lateCapture": Behaviour(status="captured", answer=Answer.LATE),
    "pm_sandbox_doubledWebhook": Behaviour(copies=2),
    "pm_sandbox_reorderedWebhook": Behaviour(reordered=True),
    "pm_sandbox_lostWebhook": Behaviour(status="requires_action", copies=0),
    "pm_sandbox_captureTimeout": Behaviour(capture="lost"),
    "pm_sandbox_captureRefused": Behaviour(capture="refused"),
    "pm_sandbox_captureBlocked": Behaviour(capture="blocked"),
    "pm_sandbox_refundTimeout": Behaviour(refund="lost"),
}
"""By the name of the method. Any other is refused."""
