"""Who reads, for whom, why and by which article: without it nothing personal is read."""

from __future__ import annotations

from dataclasses import dataclass

from enishi.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Reader:
    """The ground of a read. Raises Refused where actor, purpose or article is blank.

    `actor`: who, as `officer:12`, `key:ab12`, `resident:10000001` or `system:load`; `purpose`: in words of
    the duty; `article`: the article that allows it (`Basic Resident Register Act 1`); `on_behalf_of`: the
    party or duty for whom (`resident:10000002`), blank when for oneself; `muni`: the municipality whose officer
    reads, blank for a national one. `use`, `role`: words of the closed lists of the gate (docs/disclosure.md) that
    say what for and as what; blank: as the gate tells from actor and article.
    """

    actor: str
    purpose: str
    article: str
    on_behalf_of: str = ""
    muni: str = ""
    use: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        missing = [name for name in ("actor", "purpose", "article") if not getattr(self, name).strip()]
        if missing:
            raise Refused(
                f"personal data are not read without {' and '.join(missing)}",
                where="read record",
                todo="say who reads, for which purpose and by which article",
            )
