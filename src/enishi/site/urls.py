"""Routes of the whole site."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("enishi.web.urls"))]
