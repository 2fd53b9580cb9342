"""A municipality's rows live in its shard; no transaction spans two."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connections, models, transaction

from enishi.kernel.errors import Refused
from enishi.platform.models import ReadRecord
from enishi.platform.services import database_of, within
from enishi.platform.tenancy import Local, MunicipalityRouter, leads_without_muni, local_tables_lead_with_muni
from enishi.register.models import Person

CHIYODA, CHUO, SAPPORO = "131016", "131024", "011002"


@pytest.fixture
def two_shards(settings: object, tmp_path: object) -> Iterator[None]:
    """Tokyo lies in a second database, but Chuo in the first."""
    connections.settings["tokyo"] = connections.settings["default"] | {
        "NAME": str(tmp_path) + "/tokyo.sqlite3"
    }
    settings.SHARDS = {"13": "tokyo", CHUO: "default"}  # type: ignore[attr-defined]  # pytest-django's settings
    yield
    connections["tokyo"].close()
    del connections["tokyo"], connections.settings["tokyo"]


def test_without_shards_everything_is_in_one_database() -> None:
    assert database_of(CHIYODA) == "default"


@pytest.mark.usefixtures("two_shards")
def test_the_longest_prefix_of_the_code_decides() -> None:
    assert [database_of(code) for code in (CHIYODA, CHUO, SAPPORO)] == ["tokyo", "default", "default"]


@pytest.mark.one_engine
@pytest.mark.django_db(transaction=True, databases=["default"])
@pytest.mark.usefixtures("two_shards")
def test_local_tables_are_routed_to_the_municipality_at_work(django_db_blocker: object) -> None:
    router = MunicipalityRouter()
    assert router.db_for_read(Person) is None
    with within(SAPPORO) as alias:
        assert (alias, router.db_for_read(Person), router.db_for_write(Person)) == ("default",) * 3
        assert router.db_for_read(ReadRecord) is None
        assert router.db_for_write(Person, instance=Person(muni=CHIYODA)) == "tokyo"
    assert router.db_for_read(Person) is None


@pytest.mark.one_engine
@pytest.mark.django_db(transaction=True, databases=["default"])
@pytest.mark.usefixtures("two_shards")
def test_no_transaction_spans_two_municipalities_databases() -> None:
    with transaction.atomic():
        with pytest.raises(Refused, match="another municipality"), within(CHIYODA):
            pass
        with within(SAPPORO), within(CHUO) as alias:
            assert alias == "default"


def test_a_local_table_whose_index_forgets_muni_is_found() -> None:
    class Forgetful(Local):
        person = models.BigIntegerField(unique=True)
        town = models.CharField(max_length=10, db_index=True)

        class Meta:
            app_label = "platform"
            indexes = [models.Index(fields=["person"], name="bad_index")]
            constraints = [
                models.UniqueConstraint(fields=["town", "muni"], name="bad_unique"),
                models.UniqueConstraint(fields=["muni", "town"], name="good_unique"),
            ]

    try:
        assert leads_without_muni(Forgetful) == ["bad_unique", "bad_index", "person", "town"]
        assert [fault.id for fault in local_tables_lead_with_muni(None)] == ["enishi.E001"] * 4
    finally:
        del apps.all_models["platform"]["forgetful"]
        apps.clear_cache()


def test_an_index_across_municipalities_is_named_with_its_reason_and_is_never_unique() -> None:
    class Sought(Local):
        across = {"for_a_search": "search in all municipalities", "unique_anyway": "no reason is good enough"}
        name = models.CharField(max_length=10)

        class Meta:
            app_label = "platform"
            indexes = [
                models.Index(fields=["name"], name="for_a_search"),
                models.Index(fields=["name", "id"], name="not_named"),
            ]
            constraints = [models.UniqueConstraint(fields=["name"], name="unique_anyway")]

    try:
        assert leads_without_muni(Sought) == ["unique_anyway", "not_named"]
    finally:
        del apps.all_models["platform"]["sought"]
        apps.clear_cache()


def test_the_indexes_across_municipalities_are_those_of_the_search_and_exist() -> None:
    across = {name: model for model in apps.get_models() for name in getattr(model, "across", {})}
    assert sorted(across) == [
        "name_by_characters_anywhere",
        "name_by_kana_anywhere",
        "particulars_by_birth_anywhere",
    ]
    for name, model in across.items():
        assert name in [index.name for index in model._meta.indexes]


def test_every_local_table_leads_with_muni_and_has_one_64_bit_key() -> None:
    tables = [model for model in apps.get_models() if issubclass(model, Local)]
    assert len(tables) >= 8
    assert local_tables_lead_with_muni(None) == []
    assert all(isinstance(model._meta.pk, (models.BigAutoField, models.BigIntegerField)) for model in tables)


def test_no_foreign_key_leads_from_one_room_to_another() -> None:
    crossing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and model.__module__.startswith("enishi.")
        and field.related_model.__module__.startswith("enishi.")
        and field.related_model._meta.app_label != model._meta.app_label
    ]
    assert crossing == []
