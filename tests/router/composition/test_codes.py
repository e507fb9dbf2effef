"""Every code that composition can report has its advice, and no advice is without a code."""

from __future__ import annotations

import re
from pathlib import Path

import router.composition
from router.composition.codes import ADVICE
from router.composition.model import ROOTS

_FOLDER = Path(router.composition.__file__).parent
_PREFIXES = ("KEY", "PROVIDES", "REQUIRES")


def _source() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in sorted(_FOLDER.rglob("*.py")) if path.name != "codes.py"
    )


def test_every_code_is_reported_somewhere() -> None:
    built = {f"{prefix}_{suffix}" for prefix in _PREFIXES for suffix in ("INVALID_FIELDS", "INVALID_FIELDS_TYPE")}
    built |= {f"{prefix}_DIRECTIVE_IN_FIELDS_ARG" for prefix in _PREFIXES}
    built |= {f"ROOT_{root.upper()}_USED" for root in ROOTS}
    source = _source()

    assert [code for code in ADVICE if code not in built and f'"{code}"' not in source] == []


def test_every_reported_code_has_advice() -> None:
    reported = set(re.findall(r"\.error\(\s*\"([A-Z_]+)\"", _source()))
    reported |= set(re.findall(r"refuse\(\s*\"([A-Z_]+)\"", _source()))

    assert len(reported) > 50
    assert reported <= set(ADVICE)
