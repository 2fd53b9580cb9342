"""A benefit run as its user starts it: complete, resumed, refused, and never half-published."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from enishi.benefits.engines import parts, work
from enishi.benefits.engines.run import run_programme
from enishi.kernel.errors import BadInput, Disagreement, InUse, NoRoom
from enishi.platform.files import only_one
from enishi.site.cli import main
from tests import factories

PUSH = "special-fixed-benefit-2020"


@pytest.fixture
def nation(tmp_path: Path) -> Path:
    return factories.small_snapshot(tmp_path / "nation")


@pytest.fixture(autouse=True)
def apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the few persons' shards is a part alone, as in a whole nation; but not where the command line runs too."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(parts, "MOST_TOGETHER", 1)


def tree(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != ".lock"
    }


def edited(nation: Path, shard: str, change: Any) -> None:
    """Alters a shard as an honest snapshot would have it: the manifest's hash follows."""
    file = nation / "persons" / f"{shard}.parquet"
    manifest = json.loads((nation / "manifest.json").read_text())
    change(pl.read_parquet(file)).write_parquet(file, metadata={"enishi.snapshot": manifest["id"]})
    for entry in manifest["shards"]:
        if entry["file"] == f"persons/{shard}.parquet":
            entry["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    (nation / "manifest.json").write_text(json.dumps(manifest))


def test_a_run_pays_everyone_entitled_and_says_so(nation: Path, tmp_path: Path) -> None:
    manifest = run_programme(PUSH, nation, tmp_path / "out", workers=1)
    totals = manifest["totals"]
    assert (totals["persons"], totals["E00"], totals["ledger_yen"]) == (10, 7, 700_000)
    assert totals["transfer_yen"] + totals["letter_yen"] + totals["held_yen"] == 700_000
    assert not (tmp_path / "out" / "work").exists()
    on_disk = tree(tmp_path / "out")
    assert set(on_disk) == {*manifest["files"], "manifest.json"}
    for name, bound in manifest["files"].items():
        assert on_disk[name] == bound["sha256"]


def test_the_result_does_not_depend_on_workers_or_place(nation: Path, tmp_path: Path) -> None:
    run_programme(PUSH, nation, tmp_path / "one", workers=1)
    run_programme(PUSH, nation, tmp_path / "elsewhere" / "two", workers=2)
    assert tree(tmp_path / "one") == tree(tmp_path / "elsewhere" / "two")


def test_small_shards_are_taken_together_and_nothing_else_changes(
    nation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run_programme(PUSH, nation, tmp_path / "alone", workers=1)
    monkeypatch.setattr(parts, "MOST_TOGETHER", 9)
    together = run_programme(PUSH, nation, tmp_path / "together", workers=1)
    shards = [part["shards"] for part in together["parts"]]
    assert len(shards) < len(alone["parts"]) == 3
    assert [shard for together_shards in shards for shard in together_shards] == ["0001", "0002", "0003"]
    assert [part["name"] for part in together["parts"]] == [first for first, *_ in shards]
    assert together["totals"] == alone["totals"]
    for table, key in (("decisions", "person"), ("ledger", "payment"), ("letters", "payment")):
        one, other = (
            pl.read_parquet(tmp_path / name / table / "*.parquet").sort(key) for name in ("alone", "together")
        )
        assert one.equals(other)
    files = {
        name: {file: bound for file, bound in manifest["files"].items() if file.startswith("zengin/")}
        for name, manifest in (("alone", alone), ("together", together))
    }
    assert files["alone"] == files["together"]


def test_the_manifest_says_who_pays_in_each_part(nation: Path, tmp_path: Path) -> None:
    manifest = run_programme(PUSH, nation, tmp_path / "out", workers=1)
    for part in manifest["parts"]:
        ledger = pl.read_parquet(tmp_path / "out" / "ledger" / f"{part['name']}.parquet")
        assert part["payers"] == sorted(set(ledger["payer"]))


def test_a_complete_run_started_again_reports_and_changes_nothing(
    nation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "benefits",
        "run",
        PUSH,
        "--snapshot",
        str(nation),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "1",
    ]
    assert main(arguments) == 0
    before = tree(tmp_path / "out")
    capsys.readouterr()
    assert main(arguments) == 0
    assert "Complete" in capsys.readouterr().out
    assert tree(tmp_path / "out") == before


def test_paid_once_is_paid_for_good(nation: Path, tmp_path: Path) -> None:
    run_programme(PUSH, nation, tmp_path / "first", workers=1)
    again = run_programme(PUSH, nation, tmp_path / "second", workers=1, paid=tmp_path / "first" / "ledger")
    assert again["totals"]["R06"] == 7
    assert again["totals"]["payments"] == 0
    assert not list((tmp_path / "second").glob("zengin/*/*"))


def test_a_tampered_ledger_does_not_decide_who_was_paid(nation: Path, tmp_path: Path) -> None:
    run_programme(PUSH, nation, tmp_path / "first", workers=1)
    decisions = tmp_path / "first" / "decisions" / "0002.parquet"
    pl.read_parquet(decisions).with_columns(code=pl.lit("R05")).write_parquet(decisions)
    with pytest.raises(BadInput, match="altered"):
        run_programme(PUSH, nation, tmp_path / "second", workers=1, paid=tmp_path / "first")


def test_who_declined_is_not_paid(nation: Path, tmp_path: Path) -> None:
    declined = tmp_path / "declined.csv"
    declined.write_text("person,reason\n3,donation\n", encoding="utf-8")
    totals = run_programme(PUSH, nation, tmp_path / "out", workers=1, declined=declined)["totals"]
    assert (totals["R05"], totals["E00"]) == (1, 6)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("person\n3\n99999\n", "99999"),
        ("person\n3\n3\n", "line 3, column person"),
        ("person\n\n3\nabc\n", "line 4, column person"),
        ("number\n3\n", "line 1"),
        ("person\n-3\n", "line 2"),
    ],
)
def test_a_faulty_list_of_those_who_declined_is_refused(
    nation: Path, tmp_path: Path, text: str, where: str
) -> None:
    declined = tmp_path / "declined.csv"
    declined.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as error:
        run_programme(PUSH, nation, tmp_path / "out", workers=1, declined=declined)
    assert where in str(error.value)
    assert not (tmp_path / "out" / "manifest.json").exists()


class TestBadSnapshot:
    def refused(self, nation: Path, tmp_path: Path, *words: str) -> None:
        with pytest.raises(BadInput) as error:
            run_programme(PUSH, nation, tmp_path / "out", workers=1)
        for word in words:
            assert word in str(error.value)
        assert not (tmp_path / "out" / "manifest.json").exists()

    def test_missing_shard(self, nation: Path, tmp_path: Path) -> None:
        (nation / "persons" / "0002.parquet").unlink()
        self.refused(nation, tmp_path, "missing", "0002.parquet")

    def test_truncated_shard(self, nation: Path, tmp_path: Path) -> None:
        file = nation / "persons" / "0002.parquet"
        file.write_bytes(file.read_bytes()[:-100])
        self.refused(nation, tmp_path, "truncated", "0002.parquet")

    def test_shard_of_another_snapshot(self, nation: Path, tmp_path: Path) -> None:
        other = factories.small_snapshot(tmp_path / "other", on=date(2021, 1, 1))
        shutil.copy(other / "persons" / "0002.parquet", nation / "persons" / "0002.parquet")
        self.refused(nation, tmp_path, "another snapshot", "0002.parquet")

    def test_no_manifest(self, nation: Path, tmp_path: Path) -> None:
        (nation / "manifest.json").unlink()
        self.refused(nation, tmp_path, "not a finished snapshot")

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("branch", "999"),
            ("bank", "0002"),
            ("account_holder", "佐藤 健"),
            ("account_holder", "ｻﾄｩ ｹﾝ"),
            ("account_holder", "sato ken"),
            ("account_holder", "ｱ" * 31),
            ("account_holder", ""),
            ("account_holder", " ｻﾄｳ ｹﾝ"),
            ("account_holder", "ﾞｻﾄｳ ｹﾝ"),
            ("account_holder", "ｻﾄｳ ﾞｹﾝ"),
            ("account_number", "123456"),
            ("account_type", "9"),
        ],
    )
    def test_a_faulty_account_is_named_by_file_row_and_column(
        self, nation: Path, tmp_path: Path, column: str, value: str
    ) -> None:
        edited(
            nation,
            "0002",
            lambda rows: rows.with_columns(
                pl.when(person=1).then(pl.lit(value)).otherwise(column).alias(column)
            ),
        )
        named = "branch" if column == "bank" else column
        self.refused(nation, tmp_path, "0002.parquet, row 1", f"column {named}")

    def test_two_heads(self, nation: Path, tmp_path: Path) -> None:
        edited(nation, "0002", lambda rows: rows.with_columns(relation=pl.lit("head")))
        self.refused(nation, tmp_path, "two heads", "0002.parquet, row 2")

    def test_a_person_twice(self, nation: Path, tmp_path: Path) -> None:
        edited(nation, "0002", lambda rows: rows.with_columns(person=pl.lit(5, pl.Int64)))
        self.refused(nation, tmp_path, "stands twice", "0002.parquet")

    def test_a_parted_household(self, nation: Path, tmp_path: Path) -> None:
        edited(
            nation, "0002", lambda rows: rows.with_columns(household=(pl.col("person") % 2).cast(pl.Int64))
        )
        self.refused(nation, tmp_path, "two places", "0002.parquet")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("reference_date: 2020-04-27", "reference_date: 2020-02-30", ("line", "2020-02-30", "no date")),
        ("value_date: 2020-05-29", "value_date: 2020-05-30", ("not a banking day",)),
        ("value_date: 2020-05-29", "value_date: 2020-04-01", ("reference date",)),
        ("    until: null", "    until: 2020-04-20", ("before it begins",)),
        (
            "    until: null\n",
            "    until: 2020-06-01\n    law: first\n  - yen: 5\n    from: 2020-05-01\n    until: null\n",
            ("overlap",),
        ),
        ("from: 2020-04-20", "from: 2020-05-20", ("no amount is in force",)),
        ("payer: municipality", "payer: state", ("state_originator",)),
        ("payer: municipality", "payer: nobody", ("payer", "line")),
        ("application_months: null", "application_months: 3", ("N01",)),
        ("cycle: 1", "cycle: 1\ncycle: 2", ("twice",)),
        ("cycle: 1", "cycle: [", ("YAML", "line")),
        ("yen: 100000", "yen: 100000.5", ("amounts",)),
    ],
)
def test_an_impossible_programme_is_refused_with_its_line(
    nation: Path, tmp_path: Path, old: str, new: str, words: tuple[str, ...]
) -> None:
    from enishi.benefits.engines.programme_files import SHIPPED

    text = (SHIPPED / f"{PUSH}.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "programme.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        run_programme(str(file), nation, tmp_path / "out", workers=1)
    for word in ("programme.yaml", *words):
        assert word in str(error.value)
    assert not (tmp_path / "out").exists()


def test_two_runs_into_one_folder_at_once(nation: Path, tmp_path: Path) -> None:
    with only_one(tmp_path / "out", "benefit run"), pytest.raises(InUse, match="another benefit run"):
        run_programme(PUSH, nation, tmp_path / "out", workers=1)


def test_a_folder_of_something_else_is_never_written_into(nation: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        run_programme(PUSH, nation, tmp_path / "out", workers=1)
    run_programme(PUSH, nation, tmp_path / "other", workers=1)
    with pytest.raises(BadInput, match="something else"):
        run_programme(f"{PUSH}-as-applied", nation, tmp_path / "other", workers=1)


def test_engines_that_disagree_complete_nothing(nation: Path, tmp_path: Path) -> None:
    run_programme(PUSH, nation, tmp_path / "out", workers=1, stop_before_second_opinion=True)
    ledger = tmp_path / "out" / "ledger" / "0002.parquet"
    before = ledger.stat().st_size
    pl.read_parquet(ledger).with_columns(persons=pl.col("persons") + 1).write_parquet(
        ledger, compression="lz4"
    )
    receipt = tmp_path / "out" / "work" / "receipts" / "compute-0002.json"
    receipt.write_text(receipt.read_text().replace(f'"bytes": {before}', f'"bytes": {ledger.stat().st_size}'))
    with pytest.raises(Disagreement, match="ledger of part 0002"):
        run_programme(PUSH, nation, tmp_path / "out", workers=1)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_bank_file_altered_before_the_comparison_is_found(nation: Path, tmp_path: Path) -> None:
    run_programme(PUSH, nation, tmp_path / "out", workers=1, stop_before_second_opinion=True)
    file = tmp_path / "out" / "zengin" / "131016" / "20200529-001.txt"
    data = bytearray(file.read_bytes())
    data[120 + 88] = ord("9")
    file.write_bytes(data)
    with pytest.raises(Disagreement, match="bank files"):
        run_programme(PUSH, nation, tmp_path / "out", workers=1)
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_disk_full_keeps_what_was_finished_and_goes_on(
    nation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = pl.DataFrame.write_parquet

    def full(frame: pl.DataFrame, *arguments: Any, **options: Any) -> None:
        if "letters" in str(arguments[0]):
            raise OSError(28, "No space left on device")
        written(frame, *arguments, **options)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    from enishi.benefits.engines.programme_files import load

    snapshot = work.Snapshot.open(nation)
    job = work.Job(load(PUSH)[0], snapshot, parts.parts_of(snapshot.shards), tmp_path / "out", None, ())
    with pytest.raises(NoRoom, match="disk is full"):
        work.compute(job, job.parts[0])
    assert job.receipts.read(f"compute-{job.parts[0].name}") is None
    assert not list((tmp_path / "out").rglob("*.part"))


def test_payments_are_spread_over_banking_days_within_the_capacity(tmp_path: Path) -> None:
    from enishi.benefits.engines.programme_files import SHIPPED

    people = [
        factories.person(
            number, muni=muni, given_kana="タロウ", **factories.account("ｼｹﾝ ﾀﾛｳ", f"{number:07}")
        )
        for number, muni in enumerate([factories.CHIYODA] * 5 + [factories.CHUO] * 4 + [factories.SAPPORO], 1)
    ]
    nation = factories.small_snapshot(tmp_path / "nation", people)
    file = tmp_path / "programme.yaml"
    text = (SHIPPED / f"{PUSH}.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("daily_capacity: 5600000", "daily_capacity: 4"), encoding="utf-8")
    manifest = run_programme(str(file), nation, tmp_path / "out", workers=1)
    days: dict[str, int] = {}
    for name in manifest["files"]:
        if name.startswith("zengin/"):
            day = Path(name).name[:8]
            days[day] = days.get(day, 0) + manifest["files"][name]["bytes"] // 120 - 3
    assert sum(days.values()) == 10
    assert max(days.values()) <= 4
    assert min(days) == "20200529"
    assert "20200530" not in days  # a Saturday


def test_a_capacity_that_no_number_of_days_can_meet_is_refused(nation: Path, tmp_path: Path) -> None:
    from enishi.benefits.engines.programme_files import SHIPPED

    file = tmp_path / "programme.yaml"
    text = (SHIPPED / f"{PUSH}.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("daily_capacity: 5600000", "daily_capacity: 2"), encoding="utf-8")
    with pytest.raises(BadInput, match="2 transfers a day"):
        run_programme(str(file), nation, tmp_path / "out", workers=1)


@pytest.mark.slow
def test_killed_at_random_moments_a_run_resumes_to_the_same_bytes(
    nation_of_20_000: Path, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    run_programme(PUSH, nation_of_20_000, whole, workers=2)
    expected = tree(whole)
    command = [sys.executable, "-m", "enishi.site.cli", "benefits", "run", PUSH, "--workers", "2"]
    command += ["--snapshot", str(nation_of_20_000), "--out", str(tmp_path / "killed")]
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    for _ in range(8):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(moments.uniform(0.5, 6))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    while (ended := subprocess.run(command, capture_output=True, check=False)).returncode == InUse.exit_code:
        time.sleep(0.2)
    assert ended.returncode == 0, ended.stderr.decode()
    assert tree(tmp_path / "killed") == expected


@pytest.mark.slow
def test_a_full_disk_in_mid_run_loses_nothing(nation_of_20_000: Path, tmp_path: Path) -> None:
    """A real small file system that fills up, is enlarged, and the run goes on (needs a mount namespace of its own)."""
    run_programme(PUSH, nation_of_20_000, tmp_path / "whole", workers=1)
    disk = tmp_path / "disk"
    disk.mkdir()
    run = f"{sys.executable} -m enishi.site.cli benefits run {PUSH} --snapshot {nation_of_20_000} --out {disk}/out --workers 1"
    script = f"""
        mount -t tmpfs -o size=400k none {disk} || exit 90
        {run}; test $? -eq {NoRoom.exit_code} || exit 91
        test ! -e {disk}/out/manifest.json || exit 92
        test -z "$(find {disk}/out -name '*.part')" || exit 93
        mount -o remount,size=200m {disk} || exit 94
        {run} || exit 95
        cp -r {disk}/out {tmp_path}/resumed
    """
    own_mounts = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    ended = subprocess.run([*own_mounts, "sh", "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "the disk is full" in ended.stderr
    assert tree(tmp_path / "resumed") == tree(tmp_path / "whole")
