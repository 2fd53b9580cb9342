"""Addresses of certificates, below `office/<code>/register/certificates/`."""

from __future__ import annotations

from django.urls import path

from enishi.web.register import certificate_requests, certificates, wide_area

urlpatterns = [
    path("", certificates.issued, name="office-certificates"),
    path("new/", certificates.new, name="office-certificate-new"),
    path("<int:serial>/", certificates.one, name="office-certificate"),
    path("<int:serial>.pdf", certificates.pdf, name="office-certificate-pdf"),
    path("<int:serial>/void/", certificates.void, name="office-certificate-void"),
    path("requests/", certificate_requests.requests, name="office-certificate-requests"),
    path("requests/<uuid:number>/", certificate_requests.one, name="office-certificate-request"),
    path("requests/<uuid:number>/decline/", certificate_requests.decline, name="office-certificate-decline"),
    path("wide-area/", wide_area.questions, name="office-wide-area"),
    path("wide-area/<uuid:number>/", wide_area.question, name="office-wide-area-question"),
]
