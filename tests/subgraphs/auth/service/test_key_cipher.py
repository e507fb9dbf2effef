"""Keys at rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from subgraphs.auth.errors import KeySecretChanged
from subgraphs.auth.service.key_cipher import KeyCipher, secret_in


def test_what_was_encrypted_comes_back() -> None:
    cipher = KeyCipher("secret")
    text = cipher.encrypt(b"private", kid="k1")
    assert cipher.decrypt(text, kid="k1") == b"private"
    assert text != cipher.encrypt(b"private", kid="k1")


@pytest.mark.parametrize(("secret", "kid"), [("other", "k1"), ("secret", "k2")])
def test_another_secret_or_key_id_opens_nothing(secret: str, kid: str) -> None:
    text = KeyCipher("secret").encrypt(b"private", kid="k1")
    with pytest.raises(KeySecretChanged):
        KeyCipher(secret).decrypt(text, kid=kid)


def test_many_who_start_at_once_read_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: secret_in(tmp_path / "data"), range(40)))
    assert len(secrets) == 1
    assert len(secrets.pop()) >= 40
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["auth-key-secret"]
