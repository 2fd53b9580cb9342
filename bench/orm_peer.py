"""The shape of a per-record benefit system: for each registrant some look-ups, a decision row, a payment row, each its own query.

A replica of the shape, in the same language, on a local SQLite file; no product was measured.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl


def judge_one_by_one(nation: Path, persons: int) -> float:
    """Persons a second."""
    folder = tempfile.mkdtemp(prefix="enishi-orm-")
    os.environ["ENISHI_VAR"] = folder
    os.environ["ENISHI_DATABASE_URL"] = f"sqlite:///{folder}/peer.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "enishi.site.settings"
    import django

    django.setup()
    from django.db import connection, models, transaction

    class Registrant(models.Model):
        household = models.BigIntegerField(db_index=True)
        muni = models.CharField(max_length=6)
        birth_date = models.DateField()
        relation = models.CharField(max_length=16)
        resident_from = models.DateField(null=True)
        resident_until = models.DateField(null=True)
        kana = models.CharField(max_length=80)

        class Meta:
            app_label = "platform"

    class BankAccount(models.Model):
        person = models.BigIntegerField(unique=True)
        bank = models.CharField(max_length=4)
        branch = models.CharField(max_length=3)
        number = models.CharField(max_length=7)
        holder = models.CharField(max_length=30)

        class Meta:
            app_label = "platform"

    class Decided(models.Model):
        person = models.BigIntegerField(unique=True)
        code = models.CharField(max_length=3)
        amount = models.BigIntegerField()

        class Meta:
            app_label = "platform"

    class Paid(models.Model):
        person = models.BigIntegerField(unique=True)
        payee = models.BigIntegerField()
        amount = models.BigIntegerField()
        route = models.CharField(max_length=10)

        class Meta:
            app_label = "platform"

    with connection.schema_editor() as editor:
        for model in (Registrant, BankAccount, Decided, Paid):
            editor.create_model(model)
    file = next(iter(sorted((nation / "persons").iterdir())))
    rows = pl.read_parquet(file).head(persons)
    with transaction.atomic():
        for row in rows.iter_rows(named=True):
            Registrant.objects.create(
                id=row["person"],
                household=row["household"],
                muni=row["muni"],
                birth_date=row["birth_date"],
                relation=row["relation"],
                resident_from=row["resident_from"],
                resident_until=row["resident_until"],
                kana=f"{row['surname_kana']}{row['given_kana']}",
            )
            if row["bank"]:
                BankAccount.objects.create(
                    person=row["person"],
                    bank=row["bank"],
                    branch=row["branch"],
                    number=row["account_number"],
                    holder=row["account_holder"],
                )
    day = date(2020, 4, 27)
    started = time.monotonic()
    for registrant in list(Registrant.objects.order_by("id")):
        with transaction.atomic():
            code = "E00"
            if registrant.birth_date > day:
                code = "R02"
            elif registrant.resident_until is not None and registrant.resident_until <= day:
                code = "R04"
            elif registrant.resident_from is not None and registrant.resident_from > day:
                code = "R01"
            decision = Decided.objects.create(
                person=registrant.pk, code=code, amount=100_000 if code == "E00" else 0
            )
            if code != "E00":
                continue
            head = Registrant.objects.filter(household=registrant.household, relation="head").first()
            account = BankAccount.objects.filter(person=head.pk).first() if head else None
            Paid.objects.create(
                person=registrant.pk,
                payee=head.pk if head else 0,
                amount=decision.amount,
                route="transfer" if account else "letter",
            )
    return len(rows) / (time.monotonic() - started)
