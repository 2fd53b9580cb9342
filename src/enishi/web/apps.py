"""Django's view of the pages: templates, style sheets and translations live in design/."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "enishi.web"
    label = "web"
    verbose_name = "Pages"
    path = str(Path(__file__).parent / "design")
