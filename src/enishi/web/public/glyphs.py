"""Pictures of registered forms of characters, for readers whose fonts may lack them. Nothing personal; browsers keep them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from enishi.kernel.errors import BadInput
from enishi.names.services import glyph_png, glyph_svg

SIZE = 128
A_MONTH = 30 * 24 * 3600


@require_safe
@cache_control(public=True, max_age=A_MONTH, immutable=True)
def glyph(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The form of an MJ code as SVG (outline, in the current colour where it is used by reference) or PNG. 404 for no form."""
    try:
        if kind == "svg":
            return HttpResponse(glyph_svg(code), content_type="image/svg+xml; charset=utf-8")
        return HttpResponse(glyph_png(code, SIZE), content_type="image/png")
    except BadInput as error:
        raise Http404 from error
