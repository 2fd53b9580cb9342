"""Whether a certificate is genuine: open to everybody, nothing personal in the answer."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enishi.register import services as register
from enishi.web.register.certificate_words import KINDS

MOST, SECONDS = 20, 60
"""So many questions a minute from one address, in each process. A code of 100 bits is safe without; this keeps one asker
from taking the server's time.
"""

LARGEST_FILE = 5_000_000


class VerifyForm(forms.Form):
    """The code that stands on the paper, and the file where there is one."""

    code = forms.CharField(
        label=_("Code on the certificate"),
        max_length=60,
        help_text=_("For example 131016-7K2M-... Capital or small letters, with or without hyphens."),
        error_messages={"required": _("Enter the code."), "max_length": _("A code is shorter than this.")},
    )
    file = forms.FileField(
        label=_("The certificate as a file (PDF)"),
        required=False,
        help_text=_("If you have it as a file, it is compared byte by byte, and not kept."),
        error_messages={"empty": _("This file is empty."), "invalid": _("This is no file.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "class": "mono"}
        )
        self.fields["file"].widget.attrs["accept"] = "application/pdf"

    def clean_file(self) -> object:
        """Refuses what no certificate can be."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(_("This file is larger than any certificate."))
        return file


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """The form; with a code, sent or in the address that a QR code holds, the answer."""
    asks = request.method == "POST" or bool(code)
    if asks and _too_many(request):
        answer = render(
            request, "public/verify.html", {"form": VerifyForm(), "busy": True, "asked": False}, status=429
        )
        answer["Retry-After"] = str(SECONDS)
        return answer
    form = (
        VerifyForm(request.POST, request.FILES)
        if request.method == "POST"
        else VerifyForm(initial={"code": code})
    )
    context = {"form": form, "busy": False, "asked": False, "found": None, "kind": ""}
    if asks and (request.method == "GET" or form.is_valid()):
        file = (
            form.cleaned_data["file"].read()
            if request.method == "POST" and form.cleaned_data["file"]
            else None
        )
        said = form.cleaned_data["code"] if request.method == "POST" else code
        found = register.verify_certificate(said, file)
        context |= {"asked": True, "found": found, "kind": KINDS[found.kind] if found else ""}
    return render(request, "public/verify.html", context, status=422 if form.errors else 200)


def _too_many(request: HttpRequest) -> bool:
    """Whether an address has asked too often; it is remembered for a minute, as a hash only."""
    key = "verify-" + sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) > MOST
    except ValueError:
        return False
