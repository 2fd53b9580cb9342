"""Routes of the whole site."""

from __future__ import annotations

from django.urls import include, path

from enishi.register.api import api as register_api

urlpatterns = [
    path("api/register/", register_api.urls),
    path("", include("enishi.web.urls")),
]
