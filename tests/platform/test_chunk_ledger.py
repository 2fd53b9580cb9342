"""A chunk's effects and its line in the ledger are one transaction."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from enishi.platform.models import Channel
from enishi.platform.services import chunk, chunks_done

pytestmark = pytest.mark.django_db


def effect(receiver: str) -> None:
    Channel.objects.create(sender="test", receiver=receiver)


def effects() -> list[str]:
    return list(Channel.objects.order_by("receiver").values_list("receiver", flat=True))


def test_a_chunk_is_done_once_and_remembers_its_rows() -> None:
    for _ in range(2):
        with chunk("load", "0001") as fresh:
            if fresh:
                effect("0001")
                fresh.rows, fresh.sha256 = 12, "f" * 64
    assert effects() == ["0001"]
    assert chunks_done("load") == {"0001": 12}
    with chunk("load", "0001") as fresh:
        assert not fresh
        assert (fresh.rows, fresh.sha256) == (12, "f" * 64)


def test_an_error_undoes_the_effects_and_the_chunk_is_fresh_again() -> None:
    def broken() -> None:
        with chunk("load", "0001"):
            effect("half")
            effect("half")

    with pytest.raises(IntegrityError):
        broken()
    assert effects() == []
    with chunk("load", "0001") as fresh:
        assert fresh


def test_the_same_name_in_another_work_is_another_chunk() -> None:
    with chunk("load", "0001"):
        pass
    with chunk("seal", "0001") as fresh:
        assert fresh
