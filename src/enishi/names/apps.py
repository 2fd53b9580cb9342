"""Django's view of this room."""

from __future__ import annotations

from django.apps import AppConfig


class NamesConfig(AppConfig):
    name = "enishi.names"
    label = "names"
    verbose_name = "Names"
