"""Secret keys kept as files that only their owner reads (0600), behind functions that an HSM can take
over.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from enishi.kernel.errors import BadInput

NONCE = 12


def own_secret(path: Path, length: int = 32) -> bytes:
    """The secret in `path`, made once if it is not there. Two processes that start together get the same."""
    return _made_once(path, lambda: secrets.token_bytes(length))


class SealingKeys(Protocol):
    """Keys of sealed data: a store names the version that sealed each value, so that keys can be changed."""

    def seal(self, plain: bytes, about: bytes) -> tuple[int, bytes]:
        """Encrypts with the newest data key and binds the result to `about` (whose it is). (version,
        sealed).
        """

    def open(self, version: int, sealed: bytes, about: bytes) -> bytes:
        """Decrypts. Raises BadInput where the bytes, their version or `about` are not those of the
        sealing.
        """

    def blind_index(self, plain: bytes) -> bytes:
        """32 bytes, equal for equal values and meaningless without the index key."""


class FileKeys:
    """Envelope encryption with keys in a folder: a key-encrypting key wraps numbered data keys and an index
    key.

    AES-256 key wrap (RFC 3394), AES-256-GCM with a random 96-bit nonce before the ciphertext (NIST SP
    800-38D), HMAC-SHA-256 for the blind index. The folder is made on first use and is not to be lost: nothing
    else opens what it sealed. An HSM takes over by another class of the same three functions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kek = own_secret(folder / "kek")
        versions = sorted(int(path.name.removeprefix("data-")) for path in folder.glob("data-????"))
        self._newest = versions[-1] if versions else 1
        self._ciphers = {version: AESGCM(self._wrapped(f"data-{version:04d}")) for version in versions or [1]}
        self._index_key = self._wrapped("index")

    def seal(self, plain: bytes, about: bytes) -> tuple[int, bytes]:
        nonce = os.urandom(NONCE)
        return self._newest, nonce + self._ciphers[self._newest].encrypt(nonce, plain, about)

    def open(self, version: int, sealed: bytes, about: bytes) -> bytes:
        try:
            return self._ciphers[version].decrypt(sealed[:NONCE], sealed[NONCE:], about)
        except (KeyError, InvalidTag, ValueError) as error:
            raise BadInput(
                f"a sealed value does not open with data key {version}",
                where=str(self.folder),
                todo="restore the key folder that belongs to this database, or the database's own backup",
            ) from error

    def blind_index(self, plain: bytes) -> bytes:
        return hmac.digest(self._index_key, plain, "sha256")

    def renew(self) -> int:
        """Makes a new data key for what is sealed from now on, and returns its version. Old ones still
        open.
        """
        self._newest += 1
        self._ciphers[self._newest] = AESGCM(self._wrapped(f"data-{self._newest:04d}"))
        return self._newest

    def _wrapped(self, name: str) -> bytes:
        path = self.folder / name
        wrapped = _made_once(path, lambda: aes_key_wrap(self._kek, secrets.token_bytes(32)))
        try:
            return aes_key_unwrap(self._kek, wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise BadInput(
                "this key does not belong to the key-encrypting key beside it",
                where=str(path),
                todo="restore the whole key folder from one backup",
            ) from error


def _made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
