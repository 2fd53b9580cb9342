"""Addresses of a resident's own pages, below `my/`."""

from __future__ import annotations

from django.urls import path

from enishi.web.resident import certificates, filing, home, moves

MOVE = "moves/<str:move>/"
CERTIFICATE = "certificates/<str:muni>/<uuid:number>"

urlpatterns = [
    path("", home.home, name="my"),
    path("record/", home.record, name="my-record"),
    path("asked/", home.asked, name="my-asked"),
    path("move/", filing.start, name="my-move"),
    path("move/<slug:step>/", filing.question, name="my-move-step"),
    path("moves/", moves.moves, name="my-moves"),
    path(MOVE, moves.move, name="my-move-progress"),
    path(MOVE + "receipt/", moves.receipt, name="my-receipt"),
    path(MOVE + "cancel/", moves.cancel, name="my-cancel"),
    path(MOVE + "destination/", moves.destination, name="my-destination"),
    path(MOVE + "destination/address/", moves.destination_address, name="my-destination-address"),
    path(MOVE + "destination/check/", moves.destination_check, name="my-destination-check"),
    path("certificates/", certificates.certificates, name="my-certificates"),
    path("certificates/new/", certificates.start, name="my-certificate-new"),
    path("certificates/new/<slug:step>/", certificates.question, name="my-certificate-step"),
    path(CERTIFICATE + "/", certificates.one, name="my-certificate"),
    path(CERTIFICATE + ".pdf", certificates.pdf, name="my-certificate-pdf"),
    path(CERTIFICATE + "/withdraw/", certificates.withdraw, name="my-certificate-withdraw"),
]
