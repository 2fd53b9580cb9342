"""The WSGI entry: `granian --interface wsgi enishi.site.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enishi.site.settings")
application = get_wsgi_application()
