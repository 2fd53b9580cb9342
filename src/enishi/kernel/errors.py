"""The one hierarchy of errors. Every message names what was wrong, where, and what to do."""

from __future__ import annotations


class EnishiError(Exception):
    """An error for a person to understand: what was wrong, where it is, what to do about it.

    The command line prints it as it stands and exits with `exit_code`; it is never a stack trace to its reader.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", todo: str = "") -> None:
        self.what = what
        self.where = where
        self.todo = todo
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n  What to do: {self.todo}" if self.todo else text


class BadInput(EnishiError):
    """A file, field or argument is not what it must be. `where` names file, row, column or field."""

    exit_code = 2


class InUse(EnishiError):
    """Someone else is at work in the same place; nothing was changed."""

    exit_code = 3


class Disagreement(EnishiError):
    """Two independent computations, or a file and its own totals, do not agree. Nothing may be released."""

    exit_code = 4


class Refused(EnishiError):
    """The law, a right or a state of affairs forbids the act. Nothing was changed."""

    exit_code = 5


class NoRoom(EnishiError):
    """The disk is full. What was finished is kept, and the same command continues once there is room."""

    exit_code = 6
