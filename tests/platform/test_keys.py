"""Sealed data open only with their keys, their version and their owner."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kernel.errors import BadInput
from enishi.platform.keys import FileKeys, own_secret


def test_what_is_sealed_opens_again_also_after_a_restart(tmp_path: Path) -> None:
    version, sealed = FileKeys(tmp_path / "k").seal(b"plain", b"person 1")
    assert b"plain" not in sealed
    assert FileKeys(tmp_path / "k").open(version, sealed, b"person 1") == b"plain"


@given(plain=st.binary(max_size=64), about=st.binary(max_size=32))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, plain: bytes, about: bytes) -> None:
    keys = FileKeys(tmp_path_factory.getbasetemp() / "property")
    version, sealed = keys.seal(plain, about)
    assert keys.open(version, sealed, about) == plain


def test_the_same_text_is_sealed_differently_each_time(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    assert keys.seal(b"plain", b"") != keys.seal(b"plain", b"")


@pytest.mark.parametrize("change", ["about", "byte", "version", "short"])
def test_what_was_moved_altered_or_cut_does_not_open(tmp_path: Path, change: str) -> None:
    keys = FileKeys(tmp_path)
    version, sealed = keys.seal(b"plain", b"person 1")
    altered = bytes([sealed[0] ^ 1]) + sealed[1:]
    arguments = {
        "about": (version, sealed, b"person 2"),
        "byte": (version, altered, b"person 1"),
        "version": (version + 1, sealed, b"person 1"),
        "short": (version, sealed[:10], b"person 1"),
    }[change]
    with pytest.raises(BadInput, match="does not open"):
        keys.open(*arguments)


def test_a_renewed_key_seals_from_now_on_and_the_old_one_still_opens(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path)
    old = keys.seal(b"old", b"")
    assert keys.renew() == 2
    new = keys.seal(b"new", b"")
    assert (old[0], new[0]) == (1, 2)
    later = FileKeys(tmp_path)
    assert (later.open(*old, b""), later.open(*new, b"")) == (b"old", b"new")
    assert later.seal(b"", b"")[0] == 2


def test_the_blind_index_is_equal_for_equal_values_and_keyed(tmp_path: Path) -> None:
    one, other = FileKeys(tmp_path / "one"), FileKeys(tmp_path / "other")
    assert one.blind_index(b"123") == FileKeys(tmp_path / "one").blind_index(b"123")
    assert len({one.blind_index(b"123"), one.blind_index(b"124"), other.blind_index(b"123")}) == 3
    one.renew()
    assert one.blind_index(b"123") == FileKeys(tmp_path / "one").blind_index(b"123")


def test_no_data_key_lies_in_the_clear_and_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    FileKeys(tmp_path)
    assert {path.name: len(path.read_bytes()) for path in tmp_path.iterdir()} == {
        "kek": 32,
        "data-0001": 40,
        "index": 40,
    }
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())


def test_a_key_folder_mixed_from_two_backups_is_named(tmp_path: Path) -> None:
    FileKeys(tmp_path)
    (tmp_path / "kek").write_bytes(bytes(32))
    with pytest.raises(BadInput, match="key-encrypting key") as caught:
        FileKeys(tmp_path)
    assert "data-0001" in caught.value.where


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert own_secret(tmp_path / "a" / "secret") == own_secret(tmp_path / "a" / "secret")
    assert own_secret(tmp_path / "b") != own_secret(tmp_path / "c")
