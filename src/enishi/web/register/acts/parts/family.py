"""What the family register notifies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from enishi.register.terms import Seated, reports
from enishi.web.register.acts.parts.common import Part, set_choices
from enishi.web.register.acts.parts.persons import NamedPart


class MatterPart(Part):
    """What the family register notifies."""

    title = _("Notice of the family register")
    matter = forms.ChoiceField(label=_("Matter"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="family", **more)
        said = {
            "marriage": _("marriage"),
            "divorce": _("divorce"),
            "adoption": _("adoption"),
            "adoption_dissolved": _("dissolution of adoption"),
            "recognition": _("recognition of a child"),
            "name": _("change of name"),
            "domicile": _("transfer of the registered domicile"),
        }
        set_choices(
            self,
            "matter",
            [("", _("choose")), *((one, said.get(one, one)) for one in reports.FAMILY_MATTERS)],
        )


class ChangedPart(NamedPart):
    """What the notice changes of one person."""

    template = "office/register/acts/changed.html"

    def __init__(self, who: Seated, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix=f"f{who.person}", **more)
        self.who = who

    def change(self) -> reports.FamilyChange | None:
        """What changes, None for nothing."""
        name, domicile = self.name(), self.domicile()
        if name is None and domicile is None:
            return None
        return reports.FamilyChange(self.who.person, (name,) if name else (), domicile)
