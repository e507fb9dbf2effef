"""What stops the command line: one clear line, no stack trace."""

from __future__ import annotations


class CannotRun(Exception):
    """The message says what is wrong and what to do."""
