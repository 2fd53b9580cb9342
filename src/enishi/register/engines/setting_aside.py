"""Guards and indexes set aside while a large nation is loaded into an empty register, and put back at its end.

On PostgreSQL unique constraints as well; on SQLite they are a part of their tables, and stay.

Checking and indexing each row as it comes takes most of a loading, and PostgreSQL would vacuum tables that only grow over and
over. What is set aside stands in a table (`SetAside`), written in the transaction that takes it away; while anything stands
there, the database itself refuses every act. So a loading that is killed leaves a register that nobody can write to but the
loading itself, which goes on, puts the guards back, each over all rows, and only then opens the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from enishi.kernel.errors import BadInput
from enishi.register import models
from enishi.register.guards import LOADING

LARGE = (
    models.Particulars,
    models.PersonName,
    models.Residence,
    models.Address,
    models.Membership,
    models.Domicile,
    models.ForeignStatus,
    models.StatusItem,
    models.Act,
    models.ActPerson,
    models.Addressee,
)
"""Tables that a loading fills."""
GATE = "register_loading"
REFUSAL = "nation_is_loading: no acts until its guards are back"
OVERLAPS = ("_no_overlap", "_two_heads")
AT_ONCE = 2
"""Guards built at the same time on PostgreSQL, which builds each on one core."""
MEMORY = "512MB"


def set_aside() -> None:
    """Takes guards and indexes of the large tables away, and closes the journal. In one transaction; once."""
    with transaction.atomic(), connection.cursor() as cursor:
        if models.SetAside.objects.exists():
            return
        tables = [model._meta.db_table for model in LARGE]
        found = _of_postgresql(tables) if connection.vendor == "postgresql" else _of_sqlite(tables)
        models.SetAside.objects.bulk_create(
            models.SetAside(table=table, name=name, definition=made) for table, name, made, _ in found
        )
        for *_, drop in found:
            cursor.execute(drop)
        for statement in _closing():
            cursor.execute(statement)


@contextmanager
def opened() -> Iterator[None]:
    """Lets this transaction write acts although the journal is closed."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config(%s, 'on', true)", [LOADING])
            yield
            return
        closed = models.SetAside.objects.exists()
        if closed:
            cursor.execute(f"DROP TRIGGER {GATE}")
        yield
        if closed:
            for statement in _closing():
                cursor.execute(statement)


def put_back() -> None:
    """Puts everything back over all rows and opens the journal. Called again it goes on where it stopped.

    Raises BadInput where rows contradict a guard: then the register stays closed.
    """
    waiting = list(models.SetAside.objects.order_by("id").values_list("id", "table", "definition"))
    if not waiting:
        return
    sizes = dict.fromkeys((table for _, table, _ in waiting), 0)
    for model in LARGE:
        if model._meta.db_table in sizes:
            sizes[model._meta.db_table] = model._default_manager.count()
    waiting.sort(key=lambda one: ("EXCLUDE" not in one[2], -sizes[one[1]], one[0]))
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(_put_back_alone, *zip(*waiting, strict=True)))
    else:
        for one in waiting:
            _put_back(*one)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _opening():
            cursor.execute(statement)


def _put_back_alone(place: int, table: str, definition: str) -> None:
    try:
        _put_back(place, table, definition)
    finally:
        connection.close()


def _put_back(place: int, table: str, definition: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [MEMORY])
            elif "CREATE TRIGGER" in definition:
                _refuse_overlaps(table, definition)
            cursor.execute(definition)
            models.SetAside.objects.filter(pk=place).delete()
    except DatabaseError as error:
        raise _contradiction(table) from error


def _contradiction(table: str) -> BadInput:
    return BadInput(
        f"rows in {table} contradict each other: two facts of one kind on one day, or two of one number",
        where="snapshot",
        todo="begin with an empty database and a snapshot that is built again; this register stays closed",
    )


def _refuse_overlaps(table: str, trigger: str) -> None:
    """What the trigger of SQLite would have refused row by row, as one query."""
    heads = "two_heads" in trigger
    key = "muni, household" if heads else "muni, person"
    if table in (models.PersonName._meta.db_table, models.StatusItem._meta.db_table):
        key += ", kind"
    only = " AND relation = 'head'" if heads else ""
    text = f"""SELECT EXISTS (SELECT 1 FROM (
      SELECT since, lag(coalesce(until, '9999-12-31')) OVER (PARTITION BY {key} ORDER BY coalesce(since, '')) AS before,
        row_number() OVER (PARTITION BY {key} ORDER BY coalesce(since, '')) AS place
      FROM {table} WHERE superseded_at IS NULL{only}
    ) WHERE place > 1 AND before > coalesce(since, ''))"""
    with connection.cursor() as cursor:
        cursor.execute(text)
        if cursor.fetchone()[0]:
            raise _contradiction(table)


def _of_sqlite(tables: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """(table, name, what makes it, what drops it): indexes without a constraint, and triggers on what is inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT type, tbl_name, name, sql FROM sqlite_master WHERE tbl_name IN ({', '.join(['%s'] * len(tables))}) "
            "AND sql IS NOT NULL AND type IN ('index', 'trigger') ORDER BY type, name",
            tables,
        )
        rows = cursor.fetchall()
    return [
        (table, _named(kind, name), made, f'DROP {kind} "{name}"')
        for kind, table, name, made in rows
        if kind == "index" or name.endswith(OVERLAPS)
    ]


def _named(kind: str, name: str) -> str:
    """An index and a trigger may share a name."""
    return f"{kind} {name}"


def _of_postgresql(tables: Sequence[str]) -> list[tuple[str, str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE contype IN ('x', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY conname""",
            [list(tables)],
        )
        guards = [
            (
                table,
                name,
                f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}',
                f'ALTER TABLE {table} DROP CONSTRAINT "{name}"',
            )
            for table, name, made in cursor.fetchall()
        ]
        cursor.execute(
            """SELECT i.indrelid::regclass::text, c.relname, pg_get_indexdef(i.indexrelid)
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE NOT i.indisunique AND NOT i.indisexclusion AND i.indrelid::regclass::text = ANY(%s) ORDER BY c.relname""",
            [list(tables)],
        )
        indexes = [(table, name, made, f'DROP INDEX "{name}"') for table, name, made in cursor.fetchall()]
    return guards + indexes


def _closing() -> list[str]:
    table = models.Act._meta.db_table
    if connection.vendor == "postgresql":
        return [
            f"""CREATE FUNCTION {GATE}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF current_setting('{LOADING}', true) IS DISTINCT FROM 'on'
              THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23514'; END IF;
              RETURN NULL;
            END $$""",
            f"CREATE TRIGGER {GATE} BEFORE INSERT ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {GATE}()",
            *(f"ALTER TABLE {one._meta.db_table} SET (autovacuum_enabled = false)" for one in LARGE),
        ]
    return [f"CREATE TRIGGER {GATE} BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"]


def _opening() -> list[str]:
    if connection.vendor == "postgresql":
        return [
            f"DROP TRIGGER {GATE} ON {models.Act._meta.db_table}",
            f"DROP FUNCTION {GATE}()",
            *(f"ALTER TABLE {one._meta.db_table} RESET (autovacuum_enabled)" for one in LARGE),
        ]
    return [f"DROP TRIGGER {GATE}"]
