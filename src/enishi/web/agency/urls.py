"""Addresses of the agency's console."""

from __future__ import annotations

from django.urls import path

from enishi.web.agency import overview, programmes, releases, results, runs
from enishi.web.people import views as people

PROGRAMME = "programmes/<str:name>/<int:cycle>/"

urlpatterns = [
    path("", overview.overview, name="agency"),
    path("programmes/", programmes.programmes, name="programmes"),
    path(PROGRAMME, programmes.programme, name="programme"),
    path(PROGRAMME + "publish/", programmes.publish, name="programme-publish"),
    path(PROGRAMME + "adoption/", programmes.adoption, name="adoption"),
    path(PROGRAMME + "adoption/all/", programmes.adopt_all, name="adopt-all"),
    path(PROGRAMME + "start/", runs.start, name="run-start"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:run>/", runs.run, name="run"),
    path("runs/<int:run>/progress/", runs.progress, name="run-progress"),
    path("runs/<int:run>/words/", runs.progress_words, name="run-words"),
    path("runs/<int:run>/resume/", runs.resume, name="run-resume"),
    path("runs/<int:run>/differences/", results.differences, name="run-differences"),
    path("runs/<int:run>/verify/", results.verify, name="run-verify"),
    path("runs/<int:run>/publish/", results.publish, name="run-publish"),
    path("releases/", releases.publications, name="publications"),
    path("releases/<int:publication>/", releases.states, name="releases"),
    path("releases/<int:publication>/all/", releases.release_all, name="release-all"),
    path("people/", people.agency_search, name="agency-people"),
    path("people/<int:person>/", people.agency_person, name="agency-person"),
    path("reads/", people.reads, name="reads"),
]
