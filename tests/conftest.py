"""What all tests share: a place of their own for keys, both database engines, and no silent skips.

Every test marked `django_db` runs twice: on SQLite, and (marked `postgres`) on a real PostgreSQL. Tests that drive a browser
and tests marked `one_engine` run on SQLite only.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck, settings

from tests.postgres import Absent, Server, server_for_tests

VAR = Path(tempfile.mkdtemp(prefix="enishi-test-"))
site.VAR, site.STATIC_ROOT, os.environ["ENISHI_VAR"] = VAR, VAR / "static", str(VAR)
site.STATIC_ROOT.mkdir()
if not site.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    sys.exit("tests run on SQLite and on a PostgreSQL of their own: unset ENISHI_DATABASE_URL")
SHARED = Path(__file__).resolve().parents[2] / "shared"

settings.register_profile(
    "enishi", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("enishi")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "one_engine: touches the database, but has nothing to learn from a second engine"
    )


def pytest_unconfigure() -> None:
    shutil.rmtree(VAR, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if "django_db" in marks and not marks & {"one_engine", "browser"}:
        engines = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        if "engine" not in metafunc.fixturenames:
            metafunc.fixturenames.insert(0, "engine")
        metafunc.parametrize("engine", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL for this session: $TEST_DATABASE_URL, else the newest Debian one on a socket of its own."""
    try:
        with server_for_tests() as server:
            yield server
    except Absent as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The engine under the connection `default` while a test runs: `sqlite` or `postgresql`."""
    if request.param == "sqlite":
        yield "sqlite"
        return
    server: Server = request.getfixturevalue("postgres")
    with django_db_blocker.unblock():
        lite, lite_settings = connections["default"], connections.settings["default"]
        fresh = connections.configure_settings({"default": server.settings})["default"]
        connections.settings["default"] = fresh
        del connections["default"]
        heavy = connections["default"]
        name = heavy.creation.create_test_db(verbosity=0, autoclobber=True)
        heavy.settings_dict["NAME"] = name
        forget_content_types()
    yield "postgresql"
    with django_db_blocker.unblock():
        heavy.creation.destroy_test_db(server.settings["NAME"], verbosity=0)
        heavy.close()
        connections.settings["default"] = lite_settings
        connections["default"] = lite
        forget_content_types()


def forget_content_types() -> None:
    """Content types have other keys in another database."""
    from django.contrib.contenttypes.models import ContentType

    ContentType.objects.clear_cache()


@pytest.fixture(scope="session", autouse=True)
def _flush_may_empty_append_only_tables() -> Iterator[None]:
    """Between transactional tests Django empties every table; only there do append-only triggers stand aside."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_all(self: Any, statements: list[str]) -> None:
        connection: BaseDatabaseWrapper = self.connection
        if connection.vendor == "postgresql":
            flush(
                self,
                [
                    "SET session_replication_role = replica",
                    *statements,
                    "SET session_replication_role = origin",
                ],
            )
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        dropped = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        flush(self, [*dropped, *statements, *(sql for _, sql in triggers)])

    BaseDatabaseOperations.execute_sql_flush = flush_all  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture
def shared() -> Path:
    """The folder ../shared beside the checkout; tests that use it are marked `shared`."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if not SHARED.is_dir():
        absent = pytest.mark.skip(reason="../shared is not beside this checkout")
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(absent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """With ENISHI_NO_SKIP=1 a skip is a failure, but for tests marked `shared`."""
    report = yield
    refused = os.environ.get("ENISHI_NO_SKIP") == "1" and not item.get_closest_marker("shared")
    if refused and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skips are refused here (ENISHI_NO_SKIP=1), and this one was: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says why tests were skipped, also in the quiet mode."""
    reasons = {
        str(report.longrepr[2])
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(f"skipped: {reason}")
