"""A key opens what it was issued for, until it ends or is revoked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI

from enishi.kernel.errors import Refused
from enishi.platform.api_auth import ApiKey, caller_of, issue_key, revoke_key
from enishi.platform.models import IssuedKey

pytestmark = pytest.mark.django_db
FOREVER = datetime(2100, 1, 1, tzinfo=UTC)

api = NinjaAPI(urls_namespace="test-keys", docs_url=None)


@api.get("/who", auth=ApiKey("register:read"))
def who(request: HttpRequest) -> str:
    return f"{request.auth.name} of {request.auth.muni}"  # type: ignore[attr-defined]  # set by django-ninja


urlpatterns = [path("api/", api.urls)]


def ask(client: Client, key: str) -> tuple[int, bytes]:
    answer = client.get("/api/who", headers={"authorization": f"Bearer {key}"})
    return answer.status_code, answer.content


@pytest.mark.urls(__name__)
def test_a_route_lets_in_a_key_with_its_scope(client: Client) -> None:
    key = issue_key("linkage", ["register:read"], FOREVER, "131016")
    assert ask(client, key) == (200, b'"linkage of 131016"')


@pytest.mark.urls(__name__)
def test_a_route_refuses_no_key_a_wrong_one_and_one_without_the_scope(client: Client) -> None:
    key = issue_key("linkage", ["benefits:read"], FOREVER)
    assert client.get("/api/who").status_code == 401
    assert ask(client, key + "x")[0] == 401
    assert ask(client, "nonsense")[0] == 401
    assert ask(client, key)[0] == 403


def test_an_expired_or_revoked_key_is_nobody() -> None:
    key = issue_key("linkage", ["a"], timezone.now() + timedelta(days=1))
    assert caller_of(key) is not None
    assert caller_of(key, timezone.now() + timedelta(days=2)) is None
    revoke_key(key.split("_")[1])
    assert caller_of(key) is None


def test_the_secret_is_kept_as_a_hash_only() -> None:
    key = issue_key("linkage", ["a"], FOREVER)
    secret = key.split("_", 2)[2]
    (row,) = IssuedKey.objects.values_list()
    assert all(secret.encode() not in bytes(str(value), "utf-8") for value in row)
    assert len(bytes(IssuedKey.objects.get().secret_hash)) == 32


@pytest.mark.parametrize(("scopes", "end"), [([], FOREVER), (["a"], datetime(2020, 1, 1, tzinfo=UTC))])
def test_a_key_needs_a_scope_and_an_end_to_come(scopes: list[str], end: datetime) -> None:
    with pytest.raises(Refused, match="scope"):
        issue_key("linkage", scopes, end)
