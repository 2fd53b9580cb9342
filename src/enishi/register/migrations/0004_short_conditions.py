"""Freezes facts by triggers with a short condition, in databases whose triggers compared every column."""

from importlib import import_module

from django.db import migrations

from enishi.register.guards import FrozenAnew

guards = import_module("enishi.register.migrations.0002_guards")


class Migration(migrations.Migration):

    dependencies = [("register", "0003_birth_spans")]

    operations = [
        *(FrozenAnew(table, [*guards.FACT, *columns]) for table, columns in guards.FACTS.items()),
        FrozenAnew("register_supportmeasure", guards.MEASURE),
    ]
