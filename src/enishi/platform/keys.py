"""Secret keys kept as files that only their owner reads (0600), behind functions an HSM can take over."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def own_secret(path: Path, length: int = 32) -> bytes:
    """The secret in `path`, made once if it is not there. Two processes that start together get the same."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(length))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return path.read_bytes()
