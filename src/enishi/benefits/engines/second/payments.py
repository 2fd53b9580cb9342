"""Sections 3 and 5 of docs/benefits-run.md in SQL: each household's payments, their routes, the data records.

Tables: `homes` (a household's payment to its head), `shelters` (payments of protected persons), `claims` (both),
`directory` (branches), `forms` (names as they are compared),
`rare` (the forms of names that few have), `payments` (with route, reason, `account`: characters
2 to 80 of the data record, `address`: what a letter says).
"""

from __future__ import annotations

import duckdb

from enishi.benefits.engines.second.banks import add_directory, is_bank
from enishi.benefits.engines.second.connection import line, literal, readable
from enishi.benefits.engines.second.kana import HOLDER_PATTERN, match_form
from enishi.benefits.engines.second.shards import ROW, Shards
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

MOST_YEN_OF_A_RECORD = 9_999_999_999
ROUTES = {None: "transfer", "A01": "letter", "H01": "held", "A02": "held", "H02": "held"}
"""Of each reason."""
USUAL = ("surname_kana", "given_kana")
RARE = ("former_surname_kana", "alias_kana", "latin_name", "latin_kana")
COMPARED = (*USUAL, *RARE)
"""The columns whose names an account holder may bear; few persons have a rare one."""
PAYEES = "(relation = 'head' OR protected_muni IS NOT NULL)"
"""Who can be a payee."""
ACCOUNT = ("bank", "branch", "account_type", "account_number", "account_holder")
ADDRESS = ("surname", "given", "postcode", "town")
COLUMNS = ", ".join(("person", "relation", "exit", "protected_muni", *COMPARED, *ACCOUNT, *ADDRESS))


def pay(connection: duckdb.DuckDBPyConnection, programme: Programme, shards: Shards) -> None:
    """Creates this module's tables from `judged`. Raises BadInput (see `judge_part`)."""
    _group(connection, shards)
    _claim(connection, programme)
    with readable(connection, shards.files, COLUMNS):
        add_directory(connection, shards.rows())
        _add_forms(connection, shards)
        _route(connection, programme, shards)
    _check_accounts(connection, shards)


def _group(connection: duckdb.DuckDBPyConnection, shards: Shards) -> None:
    connection.execute(
        """CREATE TEMP TABLE homes AS
        SELECT household, first(muni) AS muni,
            min(person) FILTER (mask = 0 AND protected_muni IS NULL) AS payment,
            count(*) FILTER (mask = 0 AND protected_muni IS NULL) AS persons,
            count(*) FILTER (heads) AS heads,
            min(row) FILTER (heads AND protected_muni IS NULL) AS payee_row
        FROM judged GROUP BY household"""
    )
    second_head = connection.execute(
        """SELECT row, household FROM judged JOIN (FROM homes WHERE heads > 1) USING (household)
        WHERE judged.heads
        QUALIFY row_number() OVER (PARTITION BY household ORDER BY row) = 2 ORDER BY row LIMIT 1"""
    ).fetchone()
    if second_head is not None:
        raise BadInput(
            f"household {second_head[1]} has a second head on the reference date",
            where=shards.place(second_head[0], "relation"),
            todo="a household has one head at most: correct the relation, or the days of residence",
        )
    connection.execute(
        """CREATE TEMP TABLE shelters AS
        SELECT household, protected_muni, first(muni) AS muni, min(person) AS payment, count(*) AS persons,
            arg_min(row, row(birth_date, person)) AS payee_row
        FROM judged WHERE mask = 0 AND protected_muni IS NOT NULL GROUP BY household, protected_muni"""
    )


def _claim(connection: duckdb.DuckDBPyConnection, programme: Programme) -> None:
    payer = "'STATE'" if programme.payer == "state" else None
    connection.execute(
        f"""CREATE TEMP VIEW claims AS
        SELECT *, {_yen(programme)} AS yen
        FROM (
            SELECT payment, {payer or "muni"} AS payer, muni, household, payee_row, persons, false AS protected
            FROM homes WHERE payment IS NOT NULL
            UNION ALL
            SELECT payment, {payer or "protected_muni"}, muni, household, payee_row, persons, true FROM shelters
        )"""
    )


def _yen(programme: Programme) -> str:
    return f"(persons * {programme.amount})::BIGINT"


def _add_forms(connection: duckdb.DuckDBPyConnection, shards: Shards) -> None:
    """Creates `forms`: name, form, sound; for each different name of these shards. `sound`: a form that can stand
    in a holder's name.
    """
    different = " UNION ".join(f"SELECT {column} AS name FROM {shards.rows()}" for column in COMPARED)
    names = [name for (name,) in connection.execute(different).fetchall() if name is not None]
    connection.execute(
        "CREATE TEMP TABLE forms AS SELECT *, regexp_full_match(form, $3) AS sound "
        "FROM (SELECT unnest($1::VARCHAR[]) AS name, unnest($2::VARCHAR[]) AS form)",
        [names, [match_form(name) for name in names], HOLDER_PATTERN],
    )
    joins = " ".join(f"LEFT JOIN forms {column}_ ON {column}_.name = {column}" for column in RARE)
    connection.execute(
        f"""CREATE TEMP TABLE rare AS
        SELECT payee_row, {", ".join(f"{column}_.form AS {column}_form" for column in RARE)}
        FROM (
            SELECT {ROW} AS payee_row, {", ".join(RARE)} FROM {shards.rows()}
            WHERE {PAYEES} AND ({" OR ".join(f"{column} IS NOT NULL" for column in RARE)})
        ) {joins}"""
    )


def _route(connection: duckdb.DuckDBPyConnection, programme: Programme, shards: Shards) -> None:
    """Creates `paid` and the view `payments`: nobody's columns are joined but those of possible payees.

    Two names agree when their forms are equal and there is something in them to compare. Most holders are the
    family name's form, a space and the given name's: they agree and are sound if both are.
    """
    forms = " ".join(f"LEFT JOIN forms {column}_ ON {column}_.name = {column}" for column in USUAL)
    family, given = (f"{column}_.form" for column in USUAL)
    former, alias, latin, latin_kana = (f"{column}_form" for column in RARE)
    holder = "translate(account_holder, ' -.()', '')"
    others = " OR ".join(
        f"coalesce({holder} = {name}, false)"
        for name in ("family || given", f"{former} || given", alias, latin, latin_kana)
    )
    connection.execute(
        f"""CREATE TEMP TABLE paid AS
        SELECT payment, payer, muni, household, person AS payee, persons, protected,
            CASE WHEN NOT protected AND person IS NULL THEN 'H02' WHEN NOT protected AND dead THEN 'H01'
                WHEN bank IS NULL THEN 'A01' WHEN plain THEN NULL
                WHEN {holder} <> '' AND ({others}) THEN NULL ELSE 'A02' END AS reason,
            address,
            CASE WHEN bank IS NOT NULL THEN concat(
                names, '0000', account_type, account_number, left(account_holder || '{" " * 30}', 30)
            ) END AS account,
            CASE WHEN bank IS NULL THEN NULL
                WHEN NOT coalesce(names IS NOT NULL AND account_type IN ('1', '2', '4')
                    AND regexp_full_match(account_number, '[0-9]{{7}}') AND length(account_holder) <= 30
                    AND yen <= {MOST_YEN_OF_A_RECORD}, false) THEN payee_row
                WHEN plain THEN NULL
                WHEN NOT coalesce(regexp_full_match(account_holder, {literal(HOLDER_PATTERN)}), false)
                THEN payee_row END AS fault
        FROM (
            SELECT *, {family} AS family, {given} AS given,
                coalesce({" AND ".join(f"{column}_.sound" for column in USUAL)}
                    AND account_holder = concat({family}, ' ', {given}), false) AS plain
            FROM claims LEFT JOIN (
                SELECT {ROW} AS payee_row, person, exit IS NOT DISTINCT FROM 'death' AS dead,
                    {", ".join((*USUAL, *ACCOUNT))}, {_address()} AS address
                FROM {shards.rows()} WHERE {PAYEES}
            ) USING (payee_row)
            LEFT JOIN rare USING (payee_row) LEFT JOIN directory USING (bank, branch) {forms}
        )"""
    )
    connection.execute(
        f"""CREATE TEMP VIEW payments AS
        SELECT *, {_yen(programme)} AS yen,
            CASE WHEN reason IS NULL THEN 'transfer' WHEN reason = 'A01' THEN 'letter' ELSE 'held' END AS route
        FROM paid"""
    )


def _address() -> str:
    """The expression of what a letter says of its payee in canonical text: name, postcode, town.

    A protected person's goes to the paying office, not home.
    """
    name = "CASE WHEN surname IS NULL THEN latin_name ELSE surname || coalesce('\u3000' || given, '') END"
    home = "CASE WHEN protected_muni IS NULL THEN concat(postcode, '|', town) ELSE '|' END"
    return f"CASE WHEN bank IS NULL THEN concat({name}, '|', {home}) END"


def _check_accounts(connection: duckdb.DuckDBPyConnection, shards: Shards) -> None:
    """Raises BadInput for the first row whose account is not what section 3 asks of a payee's account."""
    faulty = connection.execute(
        "SELECT fault, yen FROM payments WHERE fault IS NOT NULL ORDER BY fault LIMIT 1"
    ).fetchone()
    if faulty is None:
        return
    row, yen = faulty
    wrong = connection.execute(
        f"SELECT {', '.join(ACCOUNT)}, names IS NOT NULL FROM {shards.rows()} LEFT JOIN directory USING (bank, branch) "
        f"WHERE {ROW} = {row}"
    ).fetchone()
    assert wrong is not None
    bank, branch, kind, number, holder, known = wrong
    if not known and not is_bank(bank):
        what, column = f"there is no bank {bank!r}", "bank"
    elif not known:
        what, column = f"bank {bank} has no branch {branch!r}", "branch"
    elif kind not in ("1", "2", "4"):
        what, column = f"{kind!r} is no type of account that receives transfers", "account_type"
    elif number is None or len(number) != 7 or not (number.isascii() and number.isdigit()):
        what, column = "the account number is not seven digits", "account_number"
    elif yen > MOST_YEN_OF_A_RECORD:
        what, column = (
            f"a payment of {yen} yen to this account is too large for one transfer",
            "account_holder",
        )
    elif not holder:
        what, column = "the account has no holder", "account_holder"
    elif len(holder) > 30:
        what, column = f"the holder's name has {len(holder)} characters, 30 is the most", "account_holder"
    else:
        what, column = (
            "the holder's name has a character that banks refuse, begins with a space, or parts a mark from its letter",
            "account_holder",
        )
    raise BadInput(
        what,
        where=shards.place(row, column),
        todo="correct the registered account, or remove it: without an account the payment becomes a letter",
    )


def records() -> str:
    """The query of the data records: text of each payer and muni, in the order of bank files.

    A record has 120 characters, each of which is a byte in JIS X 0201.
    """
    zeros = "0" * 20
    return f"""
        SELECT string_agg('2' || account || right('{zeros}' || yen, 10) || '0' || right('{zeros}' || payment, 20)
            || '7        ', '' ORDER BY household, payment)
        FROM payments WHERE route = 'transfer' GROUP BY payer, muni ORDER BY payer, muni"""


def canonical_ledger(programme: Programme) -> str:
    """The query of the ledger's canonical text."""
    fields = line(
        "payment",
        f"{literal(f'{programme.name}/{programme.cycle}/')}, payment",
        "payer",
        "muni",
        "household",
        "payee",
        "persons",
        "yen",
        _outcome(),
    )
    return f"SELECT {fields} AS line, payment AS place FROM payments"


def _outcome() -> str:
    """The expression of route, reason and protected in canonical text; the commonest first."""
    cases = " ".join(
        f"WHEN {condition} AND protected = {protected} THEN '{route}|{reason or ''}|{protected}'"
        for protected in ("false", "true")
        for reason, route in ROUTES.items()
        for condition in [f"reason = '{reason}'" if reason else "reason IS NULL"]
    )
    return f"CASE {cases} END"


def canonical_letters() -> str:
    """The query of the letters' canonical text."""
    fields = line(
        "payment",
        "payer",
        "payee",
        "address",
        "yen",
        "persons",
        "CASE WHEN protected THEN 'office' ELSE 'post' END",
    )
    return f"SELECT {fields} AS line, payment AS place FROM payments WHERE route = 'letter'"
