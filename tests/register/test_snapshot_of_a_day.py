"""The register of a day on disk: what was loaded comes back row by row; other days show who was there then."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from enishi.kernel.errors import InUse, Refused
from enishi.kernel.partial_date import PartialDate
from enishi.platform.files import only_one, sha256_of
from enishi.platform.snapshots import Snapshot
from enishi.register import facts, journal, models
from enishi.register.engines import snapshot as writing
from enishi.register.services import load_nation, write_snapshot
from tests.factories import CHIYODA, CHUO, DAY, SAPPORO, account, person, small_snapshot

pytestmark = pytest.mark.django_db


def persons_of(folder: Path) -> pl.DataFrame:
    return pl.concat(
        [
            pl.read_parquet(folder / entry["file"])
            for entry in json.loads((folder / "manifest.json").read_text())["shards"]
        ]
    )


def ids(folder: Path) -> list[int]:
    return sorted(persons_of(folder)["person"])


def test_a_nation_comes_back_row_by_row(tmp_path: Path) -> None:
    nation = small_snapshot(tmp_path / "nation")
    load_nation(nation)
    written = write_snapshot(DAY, tmp_path / "out")
    assert (written.persons, written.shards) == (10, 3)
    assert persons_of(tmp_path / "out").equals(persons_of(nation))
    towns = "municipalities.parquet"
    assert pl.read_parquet(tmp_path / "out" / towns).equals(pl.read_parquet(nation / towns))


def test_both_engines_write_the_same_bytes(tmp_path: Path, engine: str) -> None:
    """The hash of the small nation's first shard, whichever database it came from."""
    load_nation(small_snapshot(tmp_path / "nation"))
    write_snapshot(DAY, tmp_path / "out")
    found = sha256_of(tmp_path / "out/persons/0001.parquet")
    SEEN[engine] = found
    assert set(SEEN.values()) == {found}


SEEN: dict[str, str] = {}


def test_the_written_folder_is_a_snapshot_like_any_other(tmp_path: Path) -> None:
    nation = Snapshot.open(small_snapshot(tmp_path / "nation"))
    load_nation(nation.folder)
    write_snapshot(DAY, tmp_path / "out")
    written = Snapshot.open(tmp_path / "out")
    assert (written.source, written.on, written.persons, written.numbers) == ("register", DAY, 10, ())
    assert [shard.municipalities for shard in written.shards] == [
        shard.municipalities for shard in nation.shards
    ]
    assert [(shard.person_min, shard.person_max) for shard in written.shards] == [(10, 10), (1, 7), (8, 9)]
    assert all(written.shard_file(shard).exists() for shard in written.shards)
    marks = pl.read_parquet_metadata(written.shard_file(written.shards[0]))
    assert (marks["enishi.snapshot"], marks["enishi.synthetic"]) == (written.id, "true")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert (manifest["synthetic"], "numbers" in manifest) == (True, False)


def test_who_left_or_came_within_ninety_days_stays_in_and_nobody_beyond(tmp_path: Path) -> None:
    first, last = DAY - timedelta(days=90), DAY + timedelta(days=90)
    rows = [
        person(1, resident_until=first - timedelta(days=1), exit="abroad"),
        person(2, resident_until=first, exit="abroad"),
        person(3, resident_until=DAY, exit="death"),
        person(4, resident_until=DAY + timedelta(days=1), exit="death"),
        person(5, resident_from=DAY, entry="birth"),
        person(6, resident_from=last, entry="from_abroad"),
        person(7, resident_from=last + timedelta(days=1), entry="from_abroad"),
    ]
    load_nation(small_snapshot(tmp_path / "nation", rows))
    write_snapshot(DAY, tmp_path / "out")
    assert ids(tmp_path / "out") == [2, 3, 4, 5, 6]


def test_the_census_cell_stands_only_on_the_day_that_was_loaded(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path / "nation", [person(1, cell=8)]))
    write_snapshot(DAY, tmp_path / "same")
    write_snapshot(DAY + timedelta(days=1), tmp_path / "next")
    assert persons_of(tmp_path / "same")["cell"].to_list() == [8]
    assert persons_of(tmp_path / "next")["cell"].to_list() == [None]
    assert persons_of(tmp_path / "same").drop("cell").equals(persons_of(tmp_path / "next").drop("cell"))


MOVED = DAY + timedelta(days=10)


@pytest.fixture
def mover(tmp_path: Path) -> int:
    """Somebody who moves from Chiyoda to Sapporo and into another household ten days after the day of loading."""
    load_nation(
        small_snapshot(
            tmp_path / "nation",
            [
                person(1, household=5),
                person(2, household=5, relation="spouse"),
                person(3, muni=SAPPORO, household=6),
            ],
        )
    )
    old, new = act_in(CHIYODA, 2), act_in(SAPPORO, 2)
    for group, items in (
        (models.Residence, {"exit": "move_out"}),
        (models.Address, {}),
        (models.Membership, {}),
    ):
        facts.end(old, group.objects.get(muni=CHIYODA, person=2), MOVED, **items)
    settle(new, MOVED)
    return 2


def act_in(muni: str, *persons: int) -> models.Act:
    """An act of the day's officer, with a key of its own."""
    filing = journal.Filing(
        muni,
        "test",
        "art. 8",
        PartialDate.of(MOVED),
        None,
        "officer:1",
        f"{muni} {models.Act.objects.count()}",
        persons,
    )
    return journal.record(filing, timezone.now())


def settle(act: models.Act, day: date) -> None:
    """Person 2 comes to Sapporo and into household 6."""
    birth = {"birth_date": date(1980, 1, 1), "birth_latest": date(1980, 1, 1), "sex": 1}
    facts.begin(act, models.Particulars, 2, None, **birth)
    facts.begin(act, models.Residence, 2, day, entry="move_in")
    facts.begin(act, models.Address, 2, day, postcode="0600001", town="北一条西")
    facts.begin(act, models.Membership, 2, day, household=6, relation="cohabitant")


@pytest.mark.parametrize(
    ("on", "home"),
    [
        (DAY, (CHIYODA, 5, "spouse", None, MOVED)),
        (MOVED - timedelta(days=1), (CHIYODA, 5, "spouse", None, MOVED)),
        (MOVED, (SAPPORO, 6, "cohabitant", MOVED, None)),
        (MOVED + timedelta(days=200), (SAPPORO, 6, "cohabitant", MOVED, None)),
    ],
)
def test_a_mover_stands_once_in_each_days_snapshot(
    tmp_path: Path, mover: int, on: date, home: tuple[Any, ...]
) -> None:
    write_snapshot(on, tmp_path / "out")
    rows = persons_of(tmp_path / "out").filter(person=mover)
    columns = ("muni", "household", "relation", "resident_from", "resident_until")
    assert rows.select(columns).rows() == [home]


def test_between_two_homes_the_last_one_left_is_shown(tmp_path: Path, mover: int) -> None:
    gap = DAY + timedelta(days=20)
    correction = act_in(SAPPORO, 2)
    for group in (models.Residence, models.Address, models.Membership):
        facts.restate(correction, group.objects.get(muni=SAPPORO, person=mover), since=gap)
    write_snapshot(DAY + timedelta(days=15), tmp_path / "out")
    assert persons_of(tmp_path / "out").filter(person=mover)["muni"].to_list() == [CHIYODA]


def test_a_large_municipality_is_split_between_households(tmp_path: Path) -> None:
    homes = [3, 1, 4, 1, 5, 2, 6]
    rows: list[dict[str, Any]] = []
    for household, size in enumerate(homes, start=1):
        for place in range(size):
            relation = "head" if place == 0 else "child"
            rows.append(person(len(rows) + 1, household=household, relation=relation))
    rows += [person(100, muni=CHUO), person(101, muni=SAPPORO)]
    nation = small_snapshot(tmp_path / "nation", rows)
    load_nation(nation)
    writing.write_snapshot(DAY, tmp_path / "out", shard_size=6)
    shards = Snapshot.open(tmp_path / "out").shards
    assert [shard.rows for shard in shards] == [1, 4, 5, 5, 2, 6, 1]
    assert [shard.municipalities for shard in shards] == [(SAPPORO,), *[(CHIYODA,)] * 5, (CHUO,)]
    assert persons_of(tmp_path / "out").equals(persons_of(nation))
    households = [set(pl.read_parquet(tmp_path / "out" / shard.file)["household"]) for shard in shards]
    assert sum(map(len, households)) == len(set().union(*households))
    assert max(shard.rows for shard in shards) <= 6


def test_small_municipalities_of_a_prefecture_share_a_shard_up_to_its_size(tmp_path: Path) -> None:
    rows = [person(1), person(2), person(3, muni=CHUO), person(4, muni=CHUO), person(5, muni="131032")]
    nation = small_snapshot(tmp_path / "nation", rows)
    load_nation(nation)
    writing.write_snapshot(DAY, tmp_path / "out", shard_size=3)
    shards = Snapshot.open(tmp_path / "out").shards
    assert [shard.municipalities for shard in shards] == [(CHIYODA,), (CHUO, "131032")]


def test_a_finished_snapshot_is_not_overwritten_and_an_unfinished_one_is(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path / "nation"))
    (tmp_path / "out/persons").mkdir(parents=True)
    (tmp_path / "out/persons/0009.parquet").write_bytes(b"half")
    write_snapshot(DAY, tmp_path / "out")
    assert not (tmp_path / "out/persons/0009.parquet").exists()
    with pytest.raises(Refused, match="finished snapshot"):
        write_snapshot(DAY, tmp_path / "out")


def test_two_snapshots_into_one_folder_at_once_are_refused(tmp_path: Path) -> None:
    load_nation(small_snapshot(tmp_path / "nation"))
    with only_one(tmp_path / "out", "snapshot"), pytest.raises(InUse):
        write_snapshot(DAY, tmp_path / "out")


def test_an_empty_or_half_loaded_register_has_no_snapshot(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="empty"):
        write_snapshot(DAY, tmp_path / "out")
    load_nation(small_snapshot(tmp_path / "nation"))
    models.LoadedNation.objects.update(complete=False)
    with pytest.raises(Refused, match="loading has not ended"):
        write_snapshot(DAY, tmp_path / "out")


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_too_a_snapshot_shows_one_state(tmp_path: Path) -> None:
    nation = small_snapshot(tmp_path / "nation")
    load_nation(nation)
    write_snapshot(DAY, tmp_path / "out")
    assert persons_of(tmp_path / "out").equals(persons_of(nation))
    models.Person.objects.filter(pk=1).update(muni=SAPPORO)
    assert models.Person.objects.get(pk=1).muni == SAPPORO


NAME = st.text(
    st.characters(min_codepoint=0x3041, max_codepoint=0x9FA5, categories=["Lo"]), min_size=1, max_size=4
)
MAYBE = st.none() | NAME
PERSON = st.fixed_dictionaries(
    {"surname": MAYBE, "given": MAYBE, "surname_kana": MAYBE, "given_kana": MAYBE},
    optional={
        "former_surname": NAME,
        "former_surname_kana": NAME,
        "alias": NAME,
        "alias_kana": NAME,
        "latin_name": st.just('O\'NEIL \\N "A", B'),
        "latin_kana": NAME,
        "residence_status": st.just(""),
        "ward": st.just("131016"),
        "institution": st.just("dormitory"),
        "protected_muni": st.just(SAPPORO),
        "cell": st.integers(0, 21),
        "entry": st.just("birth"),
    },
)


@settings(max_examples=25)
@given(people=st.lists(PERSON, max_size=5), with_account=st.booleans())
def test_any_mixture_of_names_and_absences_comes_back(
    tmp_path_factory: pytest.TempPathFactory, people: list[dict[str, Any]], with_account: bool
) -> None:
    bank = account("ﾃｽﾄ ﾀﾛｳ") if with_account else {}
    rows = [person(number, **columns, **bank) for number, columns in enumerate(people, start=1)]
    folder = tmp_path_factory.mktemp("mixture")
    nation = small_snapshot(folder / "nation", rows, municipalities=[{"muni": CHIYODA}, {"muni": SAPPORO}])
    with transaction.atomic():
        load_nation(nation)
        write_snapshot(DAY, folder / "out")
        transaction.set_rollback(True)
    if rows:
        assert persons_of(folder / "out").equals(persons_of(nation))
    else:
        assert Snapshot.open(folder / "out").shards == ()
