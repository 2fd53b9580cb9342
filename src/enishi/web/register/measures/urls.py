"""Addresses of support measures, below `office/<code>/register/measures/`.

The name of a case may hold a slash, so it stands last.
"""

from __future__ import annotations

from django.urls import path

from enishi.web.register.measures import acting, case, filing, listing

urlpatterns = [
    path("", listing.measures, name="register-measures"),
    path("new/", filing.new, name="register-measure-new"),
    path("case/<path:measure>/", case.case, name="register-measure"),
    path("notice/<path:measure>/", case.notice, name="register-measure-notice"),
    path("<slug:act>/<path:measure>/", acting.act, name="register-measure-act"),
]
