"""The door of platform/: what other rooms use."""

from __future__ import annotations

from enishi.platform.approvals import ApprovalLine, Content, approvals_of, ask, decide, is_approved
from enishi.platform.bundles import (
    Handled,
    Letter,
    Posting,
    deliver_all,
    handle_all,
    handles_bundles,
    post_all,
    receive_all,
)
from enishi.platform.chunks import ChunkWork, chunk, chunks_done
from enishi.platform.duties import appoint, dismiss, duties_of, may
from enishi.platform.messages import (
    Envelope,
    backlog,
    deliver,
    handle,
    handles,
    handling_at,
    post,
    receive,
)
from enishi.platform.own_person import link_person, person_of
from enishi.platform.reader import Reader
from enishi.platform.reads import (
    Gate,
    ReadLine,
    install_gate,
    read_as,
    read_many_as,
    reads_by,
    reads_of,
    record_list,
    record_reads,
    record_refusal,
)
from enishi.platform.refusal import not_disclosed
from enishi.platform.rows import among, by_index, fetch_rows, insert_rows, prepared
from enishi.platform.tenancy import database_of, shards, within
from enishi.platform.vocabulary import Answer, ApprovalState, DutyKind

__all__ = [
    "Answer",
    "ApprovalLine",
    "ApprovalState",
    "ChunkWork",
    "Content",
    "DutyKind",
    "Envelope",
    "Gate",
    "Handled",
    "Letter",
    "Posting",
    "ReadLine",
    "Reader",
    "among",
    "appoint",
    "approvals_of",
    "ask",
    "backlog",
    "by_index",
    "chunk",
    "chunks_done",
    "database_of",
    "decide",
    "deliver",
    "deliver_all",
    "dismiss",
    "duties_of",
    "fetch_rows",
    "handle",
    "handle_all",
    "handles",
    "handles_bundles",
    "handling_at",
    "insert_rows",
    "install_gate",
    "is_approved",
    "link_person",
    "may",
    "not_disclosed",
    "person_of",
    "post",
    "post_all",
    "prepared",
    "read_as",
    "read_many_as",
    "reads_by",
    "reads_of",
    "receive",
    "receive_all",
    "record_list",
    "record_reads",
    "record_refusal",
    "shards",
    "within",
]
