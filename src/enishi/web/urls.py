"""Addresses of all pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("enishi.web.public.urls")),
    path("my/", include("enishi.web.resident.urls")),
    path("agency/", include("enishi.web.agency.urls")),
    path("office/<str:muni>/", include("enishi.web.office.urls")),
]
