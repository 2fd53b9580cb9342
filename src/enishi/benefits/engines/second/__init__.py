"""The second opinion on a benefit run: the same answers again in DuckDB SQL, from docs/benefits-run.md alone.

It knows nothing of the fast path (a contract says so). `judge_part` decides and pays some shards together and
keeps, in `part_files`, what the bank files must hold; once every part is judged, `judge_bank_files` compares the
bank files byte for byte and `judge_reconciliation` adds up the whole.
"""

from __future__ import annotations

from enishi.benefits.engines.second.bank_files import days_needed, judge_bank_files
from enishi.benefits.engines.second.part import SecondPart, judge_part
from enishi.benefits.engines.second.reconciliation import judge_reconciliation
from enishi.benefits.engines.second.sums import part_files

__all__ = [
    "SecondPart",
    "days_needed",
    "judge_bank_files",
    "judge_part",
    "judge_reconciliation",
    "part_files",
]
