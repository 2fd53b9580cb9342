"""What kinds, items and ways of certificates are called on the pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from enishi.register.terms import (
    Certificate,
    Channel,
    Form,
    Handover,
    Identity,
    Item,
    Standing,
)

KINDS = {
    Certificate.COPY: _("copy of the resident record"),
    Certificate.WIDE_AREA: _("wide-area copy (record held elsewhere)"),
    Certificate.REMOVED: _("copy of a removed record"),
    Certificate.ITEMS: _("certificate of recorded items"),
    Certificate.MOVE_OUT: _("move-out certificate"),
}
ITEMS = {
    Item.RELATION: _("head of household and relationship"),
    Item.DOMICILE: _("registered domicile and first-listed person"),
    Item.NUMBER: _("individual number"),
    Item.CODE: _("resident code"),
    Item.QUALIFICATIONS: _("insurances, pension, child allowance"),
    Item.NATIONALITY: _("nationality or region"),
    Item.STATUS: _("status of residence"),
    Item.PERIOD: _("period of stay"),
    Item.NAME: _("name and reading"),
    Item.BIRTH: _("date of birth"),
    Item.SEX: _("sex"),
    Item.RESIDENT_SINCE: _("day of becoming a resident"),
    Item.ADDRESS: _("address"),
    Item.PREVIOUS: _("previous addresses"),
}
FORMS = {
    Form.HOUSEHOLD: _("the household together"),
    Form.INDIVIDUAL: _("each person on a page"),
}
STANDINGS = {
    Standing.SELF: _("the person, for themselves"),
    Standing.HOUSEHOLD: _("a member of the same household"),
    Standing.LEGAL_REPRESENTATIVE: _("a legal representative"),
    Standing.REPRESENTATIVE: _("an appointed representative"),
    Standing.INTERESTED: _("somebody else with a legitimate interest"),
    Standing.PRACTITIONER: _("a lawyer or other specified practitioner"),
    Standing.PUBLIC_BODY: _("an organ of the State or of a municipality"),
}
IDENTITIES = {
    Identity.CARD: _("individual number card"),
    Identity.PHOTO: _("another document with a photograph"),
    Identity.TWO_DOCUMENTS: _("two documents without a photograph"),
    Identity.COPIES: _("copies sent by post"),
    Identity.SIGNATURE: _("verified electronic signature"),
    Identity.USER_CERTIFICATE: _("user certificate at a terminal"),
}
CHANNELS = {
    Channel.COUNTER: _("at the counter"),
    Channel.POST: _("by post"),
    Channel.ONLINE: _("online"),
    Channel.STORE: _("in a convenience store"),
}
HANDOVERS = {
    Handover.REQUESTER: _("to whoever asks"),
    Handover.PERSON_BY_POST: _("by post to the person, at the address of the record"),
}
