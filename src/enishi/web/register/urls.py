"""Addresses of the resident register's pages, below `office/<code>/register/`."""

from __future__ import annotations

from django.urls import include, path

from enishi.web.register import (
    addressees,
    characters,
    households,
    journal,
    moving,
    moving_acts,
    moving_elsewhere,
    people,
    searching,
    statistics,
    today,
)

urlpatterns = [
    path("", today.today, name="register-today"),
    path("why/", searching.why, name="register-why"),
    path("search/", searching.search, name="register-search"),
    path("people/<int:person>/", people.record, name="register-person"),
    path("people/<int:person>/history/", people.history, name="register-history"),
    path("households/<int:household>/", households.household, name="register-household"),
    path("acts/<int:number>/", journal.act, name="register-act"),
    path("acts/", include("enishi.web.register.acts.urls")),
    path("addressees/", addressees.addressees, name="register-addressees"),
    path("addressees/duplicates/", addressees.duplicates, name="register-addressee-duplicates"),
    path("addressees/<int:number>/", addressees.addressee, name="register-addressee"),
    path("journal/", journal.journal, name="register-journal"),
    path("refused/", journal.refused, name="register-refused"),
    path("moves/", moving.moves, name="register-moves"),
    path("moves/ask/", moving_elsewhere.ask, name="register-move-ask"),
    path("moves/<str:role>/<str:move>/", moving.move, name="register-move"),
    path("moves/new/<str:move>/prove/", moving_acts.prove, name="register-move-prove"),
    path("moves/new/<str:move>/enter/", moving_acts.enter, name="register-move-enter"),
    path("moves/old/<str:move>/destination/", moving_elsewhere.destination, name="register-move-destination"),
    path("moves/<str:role>/<str:move>/<slug:act>/", moving_acts.act, name="register-move-act"),
    path("measures/", include("enishi.web.register.measures.urls")),
    path("characters/", characters.characters, name="register-characters"),
    path("characters/<str:code>/picture.png", characters.picture, name="register-character-picture"),
    path("statistics/", statistics.statistics, name="register-statistics"),
]
