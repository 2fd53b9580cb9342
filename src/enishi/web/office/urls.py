"""Addresses of a municipality's own pages, below `office/<code>/`."""

from __future__ import annotations

from django.urls import include, path

from enishi.web.office import overview, payments, signing
from enishi.web.people import views as people

BENEFIT = "benefits/<int:publication>/"

urlpatterns = [
    path("", overview.overview, name="office"),
    path("programmes/<str:name>/<int:cycle>/adopt/", overview.adopt, name="office-adopt"),
    path(BENEFIT, overview.benefit, name="office-benefit"),
    path(BENEFIT + "decide/", signing.decide, name="office-decide"),
    path(BENEFIT + "release/", signing.release, name="office-release"),
    path(BENEFIT + "holds/", payments.holds, name="office-holds"),
    path(BENEFIT + "letters/", payments.letters, name="office-letters"),
    path(BENEFIT + "letters/<int:volume>.pdf", payments.letters_pdf, name="office-letters-pdf"),
    path(BENEFIT + "files/", payments.files, name="office-files"),
    path(BENEFIT + "files/<path:name>", payments.bank_file, name="office-file"),
    path("register/certificates/", include("enishi.web.register.urls_certificates")),
    path("people/", people.office_search, name="office-people"),
    path("people/<int:person>/", people.office_person, name="office-person"),
]
