"""Changes of individual numbers and resident codes, and their giving out: the register's acts, the vault's secrets.

What is done in the vault follows the act, in the same transaction where both lie in one database. Where they do not, the same
filing again finishes what was left: each step is done once only.
"""

from __future__ import annotations

from enishi.kernel.errors import Refused
from enishi.number import services as vault
from enishi.register.acts.performing import perform, residence_on, touched_by
from enishi.register.models import Act, Residence
from enishi.register.rules.catalogue import CATALOGUE, Kind
from enishi.register.rules.moves import check_report
from enishi.register.rules.numbering import CodeChange, NumberChange
from enishi.register.rules.parts import Report
from enishi.register.rules.reports import Arrival, Birth


def change_number(report: Report, said: NumberChange | CodeChange) -> int:
    """The act of a change; nothing in it is the number. Returns the number of the act.

    Raises Refused as `perform` does, and for who has none to change.
    """
    check_report(report.day, report.reported_on or report.today, report.today, ahead=False)
    has = vault.has_number if said.kind is Kind.NUMBER_CHANGED else vault.has_code

    def work(act: Act) -> None:
        residence_on(report.muni, said.person, report.day)
        if not has(said.person):
            raise Refused(
                "the person has none that could be changed",
                where=f"person {said.person}",
                todo="have one issued first",
            )

    return perform(report, said, [said.person], work)


def change_in_the_vault(report: Report, said: NumberChange | CodeChange, number: int) -> None:
    """What follows the act of a change: the vault holds another number or code."""
    change = vault.change if said.kind is Kind.NUMBER_CHANGED else vault.change_code
    entry = CATALOGUE[said.kind]
    ground = vault.Decision(True, report.actor, entry.en, entry.article, muni=report.muni)
    change(said.person, ground, report.day, f"{report.muni}/{report.key}")


def give_first_ones(report: Report, said: Arrival | Birth, number: int) -> None:
    """What follows a birth or an arrival: who has no individual number or no resident code yet gets one."""
    touched = touched_by(Act.objects.get(muni=report.muni, number=number))
    came = Residence.objects.filter(muni=report.muni, act=number, person__in=touched)
    for person in sorted(set(came.values_list("person", flat=True))):
        if not vault.has_number(person):
            vault.issue(person)
        if not vault.has_code(person):
            vault.issue_code(person)
