"""Addresses of the pages open to everybody."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path, re_path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from enishi.web.public import glyphs, verify, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(next_page="home"), name="sign-out"),
    path("me/", views.who_am_i, name="who-am-i"),
    path("session/", views.session, name="session"),
    path("language/", set_language, name="language"),
    path("text-size/", views.text_size, name="text-size"),
    path("help/", TemplateView.as_view(template_name="public/help.html"), name="help"),
    path(
        "accessibility/",
        TemplateView.as_view(template_name="public/accessibility.html"),
        name="accessibility",
    ),
    path("privacy/", TemplateView.as_view(template_name="public/privacy.html"), name="privacy"),
    path("who-asked/", TemplateView.as_view(template_name="public/who_asked.html"), name="who-asked"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:code>/", verify.verify, name="verify-code"),
    re_path(r"^glyphs/(?P<code>MJ[0-9]{6})\.(?P<kind>svg|png)$", glyphs.glyph, name="glyph"),
    path("about/", TemplateView.as_view(template_name="public/about.html"), name="about"),
]
