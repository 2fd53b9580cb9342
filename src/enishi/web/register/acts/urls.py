"""Addresses of the pages of acts, below `office/<code>/register/acts/`."""

from __future__ import annotations

from django.urls import path

from enishi.web.register.acts import views

urlpatterns = [
    path("new/", views.choose, name="register-act-new"),
    path("new/<str:kind>/", views.prepare, name="register-act-prepare"),
    path("<int:number>/done/", views.done, name="register-act-done"),
]
