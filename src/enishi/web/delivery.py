"""In a demonstration messages between municipalities flow by themselves: after every form that was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from enishi.platform.services import deliver, handle
from enishi.register.services import deliver_events, run_deadlines

ROUNDS = 8
"""A message answered by a message, and so on: a move needs three rounds."""

log = logging.getLogger("enishi.delivery")


def carry_messages(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: delivers what the act of this request posted, where the site runs as a demonstration. A deployment has its
    own carrier. What cannot be delivered waits with its error, and the page is answered all the same.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        answer = get_response(request)
        if settings.DEMO and request.method == "POST":
            try:
                carry()
            except Exception:
                log.exception("messages between municipalities wait")
        return answer

    return respond


def carry() -> int:
    """Tells subscribers, ends what is due, delivers and handles until nothing moves any more; returns how many messages were
    handled.
    """
    now = timezone.now()
    deliver_events(now)
    run_deadlines(now)
    handled = 0
    for _round in range(ROUNDS):
        moved = deliver() + handle()
        if not moved:
            break
        handled += moved
    return handled
