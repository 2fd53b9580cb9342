"""Django's view of this room."""

from __future__ import annotations

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "enishi.register"
    label = "register"
    verbose_name = "Resident register"

    def ready(self) -> None:
        from enishi.platform.services import install_gate
        from enishi.register import wide_area  # noqa: F401  registers what handles its messages
        from enishi.register.engines import moving  # noqa: F401  registers what handles messages of moves by thousands
        from enishi.register.gate import gate
        from enishi.register.measure_messages import listen
        from enishi.register.moves import following, mail  # noqa: F401  registers what moves hear of

        install_gate(gate)
        listen()
