"""What all tests share: a place of their own for keys, both database engines, and no silent skips.

Every test marked `django_db` runs twice: on SQLite, and (marked `postgres`) on a real PostgreSQL. A test that is itself marked
`postgres` runs there only; tests that drive a browser and tests marked `one_engine` run on SQLite only.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.utils import load_backend
from django.utils import translation
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
        postgresql = pytest.param("postgresql", marks=pytest.mark.postgres)
        engines = [postgresql] if "postgres" in marks else ["sqlite", postgresql]
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
def postgres_connection(
    postgres: Server, django_db_setup: None, django_db_blocker: Any
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a migrated test database on that server."""
    mine = dict(postgres.settings)
    mine["TEST"] = {"NAME": f"test_enishi_{os.environ.get('PYTEST_XDIST_WORKER', '')}"}
    usual, theirs = site.DATABASES, {"default": mine}
    complete = connections.configure_settings(theirs)["default"]
    heavy = load_backend(complete["ENGINE"]).DatabaseWrapper(complete, "default")
    site.DATABASES = theirs
    with django_db_blocker.unblock(), in_place_of_default(heavy):
        heavy.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    site.DATABASES = usual
    yield heavy
    site.DATABASES = theirs
    with django_db_blocker.unblock():
        heavy.creation.destroy_test_db(postgres.settings["NAME"], verbosity=0)
    site.DATABASES = usual


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[str]:
    """The engine under the connection `default` while a test runs: `sqlite` or `postgresql`."""
    wanted = getattr(request, "param", "sqlite")
    if wanted == "sqlite":
        yield wanted
        return
    heavy: BaseDatabaseWrapper = request.getfixturevalue("postgres_connection")
    with in_place_of_default(heavy):
        with django_db_blocker.unblock():
            heavy.ensure_connection()
        yield wanted


@contextmanager
def in_place_of_default(heavy: BaseDatabaseWrapper) -> Iterator[None]:
    """While inside, all threads find this connection, or one to the same database, under `default`."""
    lite, lite_settings = connections["default"], connections.settings["default"]
    connections.settings["default"], connections["default"] = heavy.settings_dict, heavy
    forget_content_types()
    try:
        yield
    finally:
        connections.settings["default"], connections["default"] = lite_settings, lite
        forget_content_types()


@pytest.fixture(autouse=True)
def _no_language_left_by_another_test() -> None:
    """A request made by the test client leaves its language behind."""
    translation.activate(site.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def _engine_is_the_one_asked_for(request: pytest.FixtureRequest, engine: str) -> None:
    """A test that is to run on PostgreSQL and would run on SQLite proves nothing."""
    callspec = getattr(request.node, "callspec", None)
    wanted = callspec.params.get("engine", "sqlite") if callspec else "sqlite"
    assert wanted == engine == connections["default"].vendor


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

    BaseDatabaseOperations.execute_sql_flush = flush_all  # type: ignore[method-assign,assignment]
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
