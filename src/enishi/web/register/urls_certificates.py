"""Addresses of certificates, below `office/<code>/register/certificates/`."""

from __future__ import annotations

from django.urls import path

from enishi.web.register import certificates

urlpatterns = [
    path("", certificates.issued, name="office-certificates"),
    path("new/", certificates.new, name="office-certificate-new"),
    path("<int:serial>/", certificates.one, name="office-certificate"),
    path("<int:serial>.pdf", certificates.pdf, name="office-certificate-pdf"),
    path("<int:serial>/void/", certificates.void, name="office-certificate-void"),
]
