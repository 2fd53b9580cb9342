"""The second opinion on a benefit run: the same answers again in DuckDB SQL, from docs/benefits-run.md alone.

It knows nothing of the fast path (a contract says so). `judge_shard` decides and pays one shard and keeps
what the bank files must hold; once every shard is judged, `judge_bank_files` compares the bank files byte for
byte and `judge_reconciliation` adds up the whole.
"""

from __future__ import annotations

from enishi.benefits.engines.second.bank_files import days_needed, judge_bank_files
from enishi.benefits.engines.second.reconciliation import judge_reconciliation
from enishi.benefits.engines.second.shard import SecondShard, judge_shard

__all__ = ["SecondShard", "days_needed", "judge_bank_files", "judge_reconciliation", "judge_shard"]
