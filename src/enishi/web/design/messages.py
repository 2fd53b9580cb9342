"""Gathers the texts to translate and compiles their translations: `python -m enishi.web.design.messages`.

Texts stand in English in code and templates; `locale/ja/LC_MESSAGES/django.po` holds the Japanese. The compiled `.mo` is
kept in version control, so that running the site needs no gettext tools; this module does need them.
"""

from __future__ import annotations

import os
from pathlib import Path

WEB = Path(__file__).resolve().parents[1]
LOCALE = WEB / "design" / "locale"


def gather_and_compile() -> None:
    """Rewrites django.po from the sources, keeps every translation, and compiles django.mo."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enishi.site.settings")
    django.setup()
    settings.LOCALE_PATHS = [str(LOCALE)]
    os.chdir(WEB)
    call_command(
        "makemessages",
        locale=["ja"],
        extensions=["html", "py"],
        no_wrap=True,
        no_location=True,
        no_obsolete=True,
        verbosity=1,
    )
    call_command("compilemessages", locale=["ja"], verbosity=1)


if __name__ == "__main__":
    gather_and_compile()
