"""API keys: who calls from another system, for which municipality, with which scopes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError
from ninja.security import HttpBearer

from enishi.kernel.errors import Refused
from enishi.platform.models import IssuedKey


@dataclass(frozen=True, slots=True)
class Caller:
    """The system behind a valid key. `actor` is its name in the read record; `muni` is blank for a national
    body.
    """

    actor: str
    name: str
    muni: str
    scopes: frozenset[str]


def issue_key(name: str, scopes: Iterable[str], expires_at: datetime, muni: str = "") -> str:
    """Issues a key and returns it, the only time that it can be seen: `en_<prefix>_<secret>`.

    Raises Refused without a scope, or where the end lies in the past.
    """
    granted = sorted(set(scopes))
    now = timezone.now()
    if not granted or expires_at <= now:
        raise Refused(
            "a key needs at least one scope and an end in the future",
            where=f"API key {name}",
            todo="name the scopes that the caller needs, and no more",
        )
    prefix, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    IssuedKey.objects.create(
        muni=muni,
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        scopes=granted,
        issued_at=now,
        expires_at=expires_at,
    )
    return f"en_{prefix}_{secret}"


def revoke_key(prefix: str) -> None:
    """Ends a key at once. Revoking it again changes nothing."""
    IssuedKey.objects.filter(prefix=prefix, revoked_at__isnull=True).update(revoked_at=timezone.now())


def caller_of(key: str, at: datetime | None = None) -> Caller | None:
    """The caller behind a key, or None where it is unknown, wrong, expired or revoked: the answer never says
    which.
    """
    parts = key.split("_", 2)
    if len(parts) != 3 or parts[0] != "en":
        return None
    issued = IssuedKey.objects.filter(prefix=parts[1]).first()
    expected = bytes(issued.secret_hash) if issued else bytes(32)
    right = hmac.compare_digest(_hash(parts[2]), expected)
    if (
        issued is None
        or not right
        or issued.revoked_at is not None
        or issued.expires_at <= (at or timezone.now())
    ):
        return None
    return Caller(f"key:{issued.prefix}", issued.name, issued.muni, frozenset(issued.scopes))


class ApiKey(HttpBearer):
    """Authentication of a django-ninja route: `@api.get(..., auth=ApiKey("register:read"))`.

    `Authorization: Bearer <key>`; the route finds its `Caller` in `request.auth`. 401 without a valid key,
    403 where the key lacks the scope (RFC 6750 section 3.1).
    """

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        caller = caller_of(token)
        if caller is not None and self.scope not in caller.scopes:
            raise HttpError(403, f"this key lacks the scope {self.scope}")
        return caller


def _hash(secret: str) -> bytes:
    """SHA-256 is enough for 256 random bits: there is nothing to guess from."""
    return hashlib.sha256(secret.encode()).digest()
