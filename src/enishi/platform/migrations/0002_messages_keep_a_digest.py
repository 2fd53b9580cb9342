"""Messages that are done keep a digest in the place of their payload (docs/adr/0012).

Backwards only while no message is done. On PostgreSQL the room of the payloads is free after a VACUUM.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from django.db import migrations, models
from django.db.models import Q

BOXES = ("OutMessage", "InMessage")
IN_ONE_GO = 1_000


def digest(apps: Any, schema_editor: Any) -> None:
    """Every payload in its canonical text (as it was on this day: `messages.canonical`) with the digest of it; of what is done
    the digest alone.
    """
    alias = schema_editor.connection.alias
    for name in BOXES:
        rows = apps.get_model("platform", name)._default_manager.using(alias)
        last = 0
        while part := list(rows.filter(pk__gt=last).order_by("pk")[:IN_ONE_GO]):
            for one in part:
                text = json.dumps(
                    json.loads(one.payload), ensure_ascii=False, sort_keys=True, separators=(",", ":")
                )
                one.digest = sha256(text.encode()).digest()
                one.payload = text if one.done_at is None else ""
            table, last = rows.model._meta.db_table, part[-1].pk
            with schema_editor.connection.cursor() as cursor:
                cursor.executemany(
                    f"UPDATE {table} SET payload = %s, digest = %s WHERE id = %s",
                    [(one.payload, one.digest, one.pk) for one in part],
                )


def kept(box: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{box}_keeps_payload_until_done",
        condition=(Q(done_at__isnull=True) & ~Q(payload="")) | Q(done_at__isnull=False, payload=""),
    )


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]
    operations = [
        *(migrations.AlterField(box.lower(), "payload", models.TextField()) for box in BOXES),
        *(
            migrations.AddField(box.lower(), "digest", models.BinaryField(max_length=32, null=True))
            for box in BOXES
        ),
        migrations.RunPython(digest, migrations.RunPython.noop),
        *(migrations.AlterField(box.lower(), "digest", models.BinaryField(max_length=32)) for box in BOXES),
        *(
            migrations.AddConstraint(box.lower(), kept(box.removesuffix("Message").lower())) for box in BOXES
        ),
    ]
