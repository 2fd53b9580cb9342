"""Addresses of the resident register's pages, below `office/<code>/register/`."""

from __future__ import annotations

from django.urls import path

from enishi.web.register import households, journal, people, searching, statistics, today

urlpatterns = [
    path("", today.today, name="register-today"),
    path("why/", searching.why, name="register-why"),
    path("search/", searching.search, name="register-search"),
    path("people/<int:person>/", people.record, name="register-person"),
    path("people/<int:person>/history/", people.history, name="register-history"),
    path("households/<int:household>/", households.household, name="register-household"),
    path("acts/<int:number>/", journal.act, name="register-act"),
    path("journal/", journal.journal, name="register-journal"),
    path("refused/", journal.refused, name="register-refused"),
    path("statistics/", statistics.statistics, name="register-statistics"),
]
