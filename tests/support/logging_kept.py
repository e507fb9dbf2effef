"""Logging as it was before: `serve` sets it up for its whole process, which in a test is the tests' own."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import structlog


@contextlib.contextmanager
def logging_kept() -> Iterator[None]:
    """Undo what the block does to structlog and to the root logger."""
    root, configured = logging.getLogger(), structlog.is_configured()
    config, handlers, level = structlog.get_config(), list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        if configured:
            structlog.configure(**config)
