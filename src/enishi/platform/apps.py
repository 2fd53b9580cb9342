"""Django's view of this room."""

from __future__ import annotations

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "enishi.platform"
    label = "platform"
    verbose_name = "Platform"

    def ready(self) -> None:
        from enishi.platform import tenancy  # noqa: F401  registers the system check of local tables
