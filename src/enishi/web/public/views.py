"""Start page, sign-in and out, language, text size, and the texts that every footer leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from enishi.benefits import services as benefits
from enishi.platform.services import DutyKind
from enishi.web.frame import TEXT_COOKIE, TEXT_SIZES
from enishi.web.officer import duty_words, officer_of
from enishi.web.resident.who import resident_of

YEAR = 365 * 24 * 60 * 60


class SignInForm(AuthenticationForm):
    """User name and password; a refusal does not say which of them was wrong."""

    error_messages = {
        "invalid_login": _("This user name and password do not belong together. Capital letters matter."),
        "inactive": _("This account is closed. Ask your administrator."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.error_messages["required"] = _("Enter this.")
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["username"].widget.attrs.update({"spellcheck": "false", "autocapitalize": "none"})


class SignIn(LoginView):
    """Django's own sign-in with the site's page."""

    template_name = "public/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    extra_context = {"hide_sign_in": True}


@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """The start page: for a visitor what this is, for an officer the pages of the duties held; a resident's is `/my/`."""
    officer = officer_of(request)
    if officer is not None and resident_of(request) is not None:
        return redirect("my")
    if officer is None:
        return render(request, "public/welcome.html")
    return render(
        request,
        "public/home.html",
        {
            "officer": officer,
            "searchable": {muni for duty, muni in officer.duties if duty is DutyKind.BENEFITS_OFFICER},
            "published": benefits.publications(officer.id) if officer.duties else [],
        },
    )


@never_cache
def who_am_i(request: HttpRequest) -> HttpResponse:
    """The signed-in officer's account and duties; a resident's page is `/my/`."""
    officer = officer_of(request)
    if officer is not None and resident_of(request) is not None:
        return redirect("my")
    if officer is None:
        return redirect("sign-in")
    places = {place.muni: place for place in officer.offices}
    duties = [(duty_words(duty), places.get(muni)) for duty, muni in officer.duties]
    return render(request, "public/who_am_i.html", {"officer": officer, "duties": duties})


@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """Says until when the session now lasts; to have opened it is what prolongs the session."""
    until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return render(request, "public/session.html", {"until": until, "officer": officer_of(request)})


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Keeps the chosen text size in a cookie and goes back to the page."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        back = "/"
    answer = redirect(back)
    if (size := request.POST.get("size", "")) in TEXT_SIZES:
        answer.set_cookie(
            TEXT_COOKIE,
            size,
            max_age=YEAR,
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return answer
