"""Who is where in a household afterwards: one part a person, and the relationship to the head in steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.register.terms import Seated, reports
from enishi.web.register.acts import words
from enishi.web.register.acts.parts.common import Part, set_choices

NEW, PATH = "new", "path"


class SeatPart(Part):
    """One member of a household: whether they take part, and their place from the day of the act on."""

    takes_part = forms.BooleanField(label=_("takes part in this act"), required=False)
    household = forms.ChoiceField(label=_("Household"))
    relation = forms.ChoiceField(label=_("Relationship to the head"))
    step1 = forms.ChoiceField(required=False)
    step2 = forms.ChoiceField(required=False)
    step3 = forms.ChoiceField(required=False)
    step4 = forms.ChoiceField(required=False)

    def __init__(
        self, who: Seated, others: tuple[int, ...], picks: bool, seats: bool, *args: Any, **more: Any
    ) -> None:
        super().__init__(*args, prefix=f"p{who.person}", **more)
        self.who, self.picks, self.seats = who, picks, seats
        if not picks:
            del self.fields["takes_part"]
        if not seats:
            for name in ("household", "relation", "step1", "step2", "step3", "step4"):
                del self.fields[name]
            return
        known = [str(number) for number in dict.fromkeys((who.household, *others)) if number]
        choices = [(number, _("household %(number)s") % {"number": number}) for number in known]
        set_choices(self, "household", [*choices, (NEW, _("a new household"))])
        self.fields["household"].initial = str(who.household or NEW)
        set_relations(self, who.sex, who.relation)

    @property
    def relation_now(self) -> str:
        """Today's relationship in words; blank for none."""
        return words.relation(self.who.relation, self.who.sex) if self.who.relation else ""

    def seat(self) -> reports.Seat | None:
        """The place from the day of the act on; None where it stays as it is."""
        said = self.cleaned_data
        household = reports.NEW_HOUSEHOLD if said["household"] == NEW else int(said["household"])
        path = relation_said(said)
        if (household, path) == (self.who.household, self.who.relation):
            return None
        return reports.Seat(self.who.person, household, path)

    def clean(self) -> dict[str, Any]:
        return clean_relation(self, super().clean() or self.cleaned_data)


def set_relations(part: Part, sex: int, present: str = "") -> None:
    """Fills the selects of a relationship: the usual ones in words, and up to four steps for any other."""
    paths = list(words.COMMON)
    if present and present not in paths:
        paths.insert(0, present)
    shown: list[tuple[str, Any]] = [(path, words.relation(path, sex)) for path in paths]
    shown.append((PATH, _("another, in steps")))
    if not present:
        shown.insert(0, ("", _("choose")))
    set_choices(part, "relation", shown)
    part.fields["relation"].initial = present
    steps = [("", "–"), *((step, words.relation(step)) for step in words.STEPS)]
    for number in range(1, 5):
        set_choices(part, f"step{number}", steps)
        part.fields[f"step{number}"].label = _("Step %(number)s") % {"number": number}


def relation_said(said: dict[str, Any]) -> str:
    """The path of a relationship as chosen."""
    if said.get("relation") != PATH:
        return str(said.get("relation", ""))
    return ".".join(filter(None, (said[f"step{number}"] for number in range(1, 5))))


def clean_relation(part: Part, said: dict[str, Any]) -> dict[str, Any]:
    """Asks for a first step where the relationship is to be told in steps."""
    if said.get("relation") == PATH and not said.get("step1"):
        part.add_error("relation", _("Choose the steps from the head to the person."))
    return said
