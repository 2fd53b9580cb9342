"""What the database itself refuses (`register.guards`)."""

from django.db import migrations

from enishi.platform.append_only import AppendOnly
from enishi.register.guards import ByPerson, BytewiseOrder, Frozen, NonOverlap, WholeHouseholds

FACT = ["id", "muni", "person", "since", "until", "recorded_at", "act"]
FACTS = {
    "register_particulars": ["birth_date", "birth_latest", "birth_wording", "sex", "census_cell"],
    "register_personname": [
        "kind", "surname", "given", "surname_kana", "given_kana", "whole", "whole_kana", "provenance", "key", "kana_key",
    ],
    "register_residence": [
        "entry", "exit", "since_latest", "since_wording", "came_from", "going_to", "went_to",
    ],
    "register_address": [
        "ward", "postcode", "town_id", "town", "block", "building", "building_kana", "settled_on", "institution",
    ],
    "register_membership": ["household", "relation"],
    "register_domicile": ["place", "first_listed"],
    "register_foreignstatus": ["nationality", "status", "period", "expires_on"],
    "register_statusitem": ["kind", "detail"],
}
MEASURE = [
    "id", "muni", "measure", "version", "act", "actor", "reason", "key", "harm", "filed_at", "decided_at", "granted", "until",
    "ended_at", "awaiting", "served_by", "other_unnamed", "other_named", "opinion", "delivery", "hold_mail",
    "recorded_at",
]
KINDS = {
    "register_personname": ["registered", "former", "alias", "latin", "foreign_kanji"],
    "register_statusitem": ["electoral_roll", "health_insurance", "latter_stage", "long_term_care", "pension", "child_allowance"],
}


class Migration(migrations.Migration):

    dependencies = [("register", "0001_initial")]

    operations = [
        BytewiseOrder("register_personname", {"key": 200, "kana_key": 200}),
        *(NonOverlap(table, kinds=KINDS.get(table, ())) for table in FACTS),
        NonOverlap("register_membership", "household", name="two_heads", only="relation = 'head'"),
        *(Frozen(table, [*FACT, *columns]) for table, columns in FACTS.items()),
        WholeHouseholds(),
        AppendOnly("register_act"),
        AppendOnly("register_actperson"),
        AppendOnly("register_refusedact"),
        Frozen("register_supportmeasure", MEASURE),
        AppendOnly("register_measureperson"),
        AppendOnly("register_measurecopy"),
        ByPerson("register_measureperson"),
        AppendOnly("register_issuedcertificate"),
        AppendOnly("register_certifiedperson"),
        AppendOnly("register_voidedcertificate"),
        AppendOnly("register_certificaterequest"),
        ByPerson("register_certificaterequest"),
        AppendOnly("register_certificatedecision"),
        AppendOnly("register_wideareaquestion"),
        AppendOnly("register_wideareaanswer"),
        AppendOnly("register_movestep"),
    ]
