"""The tables of the resident register: acts, and the facts of each person's record on three clocks (docs/adr/0005).

All but `Municipality` and `LoadedNation` are local to a municipality; rows refer to each other by plain id.
"""

from __future__ import annotations

from enishi.register.models.acts import Act, ActPerson, Counter, RefusedAct
from enishi.register.models.certificate_requests import (
    CertificateDecision,
    CertificateRequest,
    WideAreaAnswer,
    WideAreaQuestion,
)
from enishi.register.models.certificates import CertifiedPerson, IssuedCertificate, VoidedCertificate
from enishi.register.models.facts import (
    Address,
    Domicile,
    Fact,
    FactQuerySet,
    ForeignStatus,
    Membership,
    Particulars,
    PersonName,
    Residence,
    StatusItem,
)
from enishi.register.models.loading import SetAside
from enishi.register.models.moving import Move, MovePerson, MoveStep
from enishi.register.models.nation import LoadedNation, Municipality, Person
from enishi.register.models.protection import (
    MeasureCopy,
    MeasurePerson,
    SupportMeasure,
    measures_on,
    under_measures,
)
from enishi.register.models.served import Addressee, BenefitApplication, Protection, RegisteredAccount
from enishi.register.models.subscriptions import Delivery, Subscriber

__all__ = [
    "Act",
    "ActPerson",
    "Address",
    "Addressee",
    "BenefitApplication",
    "CertificateDecision",
    "CertificateRequest",
    "CertifiedPerson",
    "Counter",
    "Delivery",
    "Domicile",
    "Fact",
    "FactQuerySet",
    "ForeignStatus",
    "IssuedCertificate",
    "LoadedNation",
    "MeasureCopy",
    "MeasurePerson",
    "Membership",
    "Move",
    "MovePerson",
    "MoveStep",
    "Municipality",
    "Particulars",
    "Person",
    "PersonName",
    "Protection",
    "RefusedAct",
    "RegisteredAccount",
    "Residence",
    "SetAside",
    "StatusItem",
    "Subscriber",
    "SupportMeasure",
    "VoidedCertificate",
    "WideAreaAnswer",
    "WideAreaQuestion",
    "measures_on",
    "under_measures",
]
