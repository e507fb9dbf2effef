"""The mails that auth sends, as messages ready for a mailer."""

from __future__ import annotations

import enum
from email.message import EmailMessage
from email.policy import SMTPUTF8
from email.utils import format_datetime, make_msgid
from typing import Final

from subgraphs.auth.settings import AuthSettings
from subgraphs.common.clock import Clock


class Notice(enum.Enum):
    """What a person is told for their safety, after the fact."""

    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105 - an event, not a password
    EMAIL_CHANGING = "EMAIL_CHANGING"


_NOTICES: Final = {
    Notice.PASSWORD_CHANGED: (
        "Your Eventio password was changed",
        "The password of your Eventio account was just changed, and all other sessions were ended.",
    ),
    Notice.EMAIL_CHANGING: (
        "Your Eventio email address is being changed",
        "Another email address was asked for, for your Eventio account. It changes once the new one is confirmed.",
    ),
}
_ALARM: Final = "If this was not you, ask for a password reset now: it ends every session."


class Letters:
    """Writes mails."""

    def __init__(self, settings: AuthSettings, *, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def password_reset(self, *, to: str, token: str) -> EmailMessage:
        """Write the mail with a reset token."""
        way = _way(self._settings.reset_page_url, token, "resetPassword")
        body = (
            "Somebody, probably you, asked for a new password for your Eventio account.\n\n"
            f"{way}\n\n"
            f"This works once, within {self._settings.reset_token_minutes} minutes. If you did not ask for it, do "
            "nothing: your password stays as it is.\n"
        )
        return self._message(to, "Set a new Eventio password", body)

    def confirm_email(self, *, to: str, token: str) -> EmailMessage:
        """Write the mail with the token that confirms an address."""
        way = _way(self._settings.confirm_page_url, token, "confirmEmail")
        body = (
            "This address is to become the one of an Eventio account.\n\n"
            f"{way}\n\n"
            f"This works once, within {self._settings.confirm_token_hours} hours. If you did not ask for it, there is "
            "nothing to do.\n"
        )
        return self._message(to, "Confirm your email address for Eventio", body)

    def notice(self, notice: Notice, *, to: str) -> EmailMessage:
        """Write what happened."""
        subject, text = _NOTICES[notice]
        return self._message(to, subject, f"{text}\n\n{_ALARM}\n")

    def _message(self, to: str, subject: str, body: str) -> EmailMessage:
        message = EmailMessage(policy=SMTPUTF8)
        message["From"] = self._settings.mail_from
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=self._settings.mail_from.rpartition("@")[2].rstrip("> ") or "eventio")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message


def _way(page_url: str, token: str, mutation: str) -> str:
    """Say how the token is used: by a client's page (the fragment stays out of servers' logs), or by the mutation."""
    if page_url:
        return f"Open this page: {page_url}#token={token}"
    return f"The token for {mutation} is:\n\n    {token}"
