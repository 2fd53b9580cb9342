"""What the loading of a nation has set aside, so that it is put back whatever happens to the loading."""

from __future__ import annotations

from django.db import models


class SetAside(models.Model):
    """A guard or index of a table that loading set aside: `definition` is the SQL that puts it back.

    While there is a row, the database refuses acts (`engines.setting_aside`).
    """

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=63)
    name = models.CharField(max_length=63, unique=True)
    definition = models.TextField()
