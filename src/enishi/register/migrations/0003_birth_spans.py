"""Finds those of whom only a span is known in which they were born."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("register", "0002_guards")]

    operations = [
        migrations.AddIndex(
            model_name="particulars",
            index=models.Index(
                condition=models.Q(("birth_latest__gt", models.F("birth_date"))),
                fields=["muni", "birth_latest"],
                name="particulars_by_birth_span",
            ),
        ),
    ]
