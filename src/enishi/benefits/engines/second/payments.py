"""Sections 3 and 5 of docs/benefits-run.md in SQL: each household's payments, their routes, the data records.

Tables: `homes` (a household's payment to its head), `shelters` (payments of protected persons), `claims` (both),
`accounts` (the payees' accounts, with the names to compare), `agreed` (payments whose account holder is the payee),
`payments` (with route and reason).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from enishi.benefits.engines.second.banks import add_directory, is_bank
from enishi.benefits.engines.second.connection import line, literal, parquet, readable
from enishi.benefits.engines.second.kana import HOLDER_PATTERN, match_form
from enishi.benefits.rules.programme import Programme
from enishi.kernel.errors import BadInput

MOST_YEN_OF_A_RECORD = 9_999_999_999
COMPARED = ("surname_kana", "given_kana", "former_surname_kana", "alias_kana", "latin_name", "latin_kana")
"""The columns whose names an account holder may bear."""


def pay(connection: duckdb.DuckDBPyConnection, programme: Programme, file: Path, name: str) -> None:
    """Creates this module's tables from `judged`. Raises BadInput (see `judge_shard`)."""
    _group(connection, name)
    with readable(file, name):
        _claim(connection, programme, file)
    add_directory(connection)
    _check_accounts(connection, name)
    _add_forms(connection)
    _route(connection)


def _group(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(
        """CREATE TABLE homes AS
        SELECT household, first(muni) AS muni,
            min(person) FILTER (mask = 0 AND protected_muni IS NULL) AS payment,
            count(*) FILTER (mask = 0 AND protected_muni IS NULL) AS persons,
            count(*) FILTER (heads) AS heads,
            min(person) FILTER (heads AND protected_muni IS NULL) AS payee,
            min(row) FILTER (heads AND protected_muni IS NULL) AS payee_row,
            coalesce(bool_or(dead) FILTER (heads AND protected_muni IS NULL), false) AS head_dead
        FROM judged GROUP BY household"""
    )
    second_head = connection.execute(
        """SELECT row, household FROM judged JOIN homes USING (household)
        WHERE judged.heads AND homes.heads > 1
        QUALIFY row_number() OVER (PARTITION BY household ORDER BY row) = 2 ORDER BY row LIMIT 1"""
    ).fetchone()
    if second_head is not None:
        raise BadInput(
            f"household {second_head[1]} has a second head on the reference date",
            where=f"{name}, row {second_head[0]}, column relation",
            todo="a household has one head at most: correct the relation, or the days of residence",
        )
    connection.execute(
        """CREATE TABLE shelters AS
        SELECT household, protected_muni, first(muni) AS muni, min(person) AS payment, count(*) AS persons,
            arg_min(person, row(birth_date, person)) AS payee,
            arg_min(row, row(birth_date, person)) AS payee_row
        FROM judged WHERE mask = 0 AND protected_muni IS NOT NULL GROUP BY household, protected_muni"""
    )


def _claim(connection: duckdb.DuckDBPyConnection, programme: Programme, file: Path) -> None:
    payer = "'STATE'" if programme.payer == "state" else None
    connection.execute(
        f"""CREATE VIEW claims AS
        SELECT *, (persons * {programme.amount})::BIGINT AS yen
        FROM (
            SELECT payment, {payer or "muni"} AS payer, muni, household, payee, payee_row, persons, head_dead,
                false AS protected
            FROM homes WHERE payment IS NOT NULL
            UNION ALL
            SELECT payment, {payer or "protected_muni"}, muni, household, payee, payee_row, persons, false, true
            FROM shelters
        )"""
    )
    connection.execute(
        f"""CREATE TABLE accounts AS
        SELECT payment, payee_row, yen, bank, branch, account_type, account_number, account_holder,
            {", ".join(COMPARED)}
        FROM claims JOIN ({_payees(file)} AND bank IS NOT NULL) USING (payee_row)"""
    )


def _payees(file: Path) -> str:
    """The query of those who can be payees. A payee is a head or protected: nobody else's names are read."""
    return f"""
        SELECT *, file_row_number + 1 AS payee_row FROM {parquet(file, row_numbers=True)}
        WHERE (relation = 'head' OR protected_muni IS NOT NULL)"""


def _check_accounts(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Raises BadInput for the first row whose account is not what section 3 asks of a payee's account."""
    wrong = connection.execute(
        f"""SELECT payee_row, bank, branch, account_type, account_number, account_holder, yen,
            d.names IS NOT NULL AS known
        FROM accounts LEFT JOIN directory d USING (bank, branch)
        WHERE NOT coalesce(
            d.names IS NOT NULL AND account_type IN ('1', '2', '4')
            AND length(account_number) = 7 AND regexp_full_match(account_number, '[0-9]+')
            AND length(account_holder) <= 30 AND regexp_full_match(account_holder, {literal(HOLDER_PATTERN)})
            AND yen <= {MOST_YEN_OF_A_RECORD}, false)
        ORDER BY payee_row LIMIT 1"""
    ).fetchone()
    if wrong is None:
        return
    row, bank, branch, kind, number, holder, yen, known = wrong
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
        where=f"{name}, row {row}, column {column}",
        todo="correct the registered account, or remove it: without an account the payment becomes a letter",
    )


def _add_forms(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates `forms`: name, form; for each different name of the payees that have an account."""
    different = " UNION ".join(
        f"SELECT {column} AS name FROM accounts WHERE {column} IS NOT NULL" for column in COMPARED
    )
    names = [name for (name,) in connection.execute(different).fetchall()]
    connection.execute(
        "CREATE TABLE forms AS SELECT unnest($1::VARCHAR[]) AS name, unnest($2::VARCHAR[]) AS form",
        [names, [match_form(name) for name in names]],
    )


def _route(connection: duckdb.DuckDBPyConnection) -> None:
    """Two names agree when their forms are equal and there is something in them to compare."""
    connection.execute(
        """CREATE TABLE compared AS
        SELECT payment, translate(account_holder, ' -.()', '') AS holder_form, s.form AS surname_form,
            g.form AS given_form, former_surname_kana, alias_kana, latin_name, latin_kana
        FROM accounts LEFT JOIN forms s ON s.name = surname_kana LEFT JOIN forms g ON g.name = given_kana"""
    )
    connection.execute(
        """CREATE TABLE agreed AS
        SELECT payment FROM compared
        WHERE holder_form = surname_form || given_form AND holder_form <> ''
        UNION ALL
        SELECT payment
        FROM compared
            LEFT JOIN forms f ON f.name = former_surname_kana LEFT JOIN forms a ON a.name = alias_kana
            LEFT JOIN forms n ON n.name = latin_name LEFT JOIN forms k ON k.name = latin_kana
        WHERE holder_form IS DISTINCT FROM surname_form || given_form AND holder_form <> ''
            AND (coalesce(holder_form = f.form || given_form, false) OR coalesce(holder_form = a.form, false)
                OR coalesce(holder_form = n.form, false) OR coalesce(holder_form = k.form, false))"""
    )
    connection.execute(
        """CREATE TABLE payments AS
        SELECT * EXCLUDE (head_dead),
            CASE WHEN reason IS NULL THEN 'transfer' WHEN reason = 'A01' THEN 'letter' ELSE 'held' END AS route
        FROM (
            SELECT claims.*, CASE
                WHEN NOT protected AND payee IS NULL THEN 'H02'
                WHEN NOT protected AND head_dead THEN 'H01'
                WHEN accounts.payment IS NULL THEN 'A01'
                WHEN agreed.payment IS NULL THEN 'A02'
            END AS reason
            FROM claims LEFT JOIN accounts ON accounts.payment = claims.payment
            LEFT JOIN agreed ON agreed.payment = claims.payment
        )"""
    )


def transfers() -> str:
    """The query of the transfers with their data records of 120 characters, in the order of bank files."""
    blanks, zeros = " " * 30, "0" * 20
    return f"""
        SELECT payer, muni, household, payment,
            '2' || names || '0000' || account_type || account_number || left(account_holder || '{blanks}', 30)
            || right('{zeros}' || p.yen, 10) || '0' || right('{zeros}' || payment, 20) || '7        ' AS record,
            p.yen
        FROM payments p JOIN accounts USING (payment) JOIN directory USING (bank, branch)
        WHERE route = 'transfer' ORDER BY payer, muni, household, payment"""


def canonical_ledger(programme: Programme) -> str:
    """The query of the ledger's canonical text."""
    key = f"{literal(f'{programme.name}/{programme.cycle}/')} || payment"
    fields = (
        "payment",
        key,
        "payer",
        "muni",
        "household",
        "payee",
        "persons",
        "yen",
        "route",
        "reason",
        "protected",
    )
    return f"SELECT {line(*fields)} FROM payments ORDER BY payment"


def canonical_letters(file: Path) -> str:
    """The query of the letters' canonical text. A protected person's goes to the paying office, not home."""
    fields = line(
        "payment",
        "payer",
        "payee",
        "CASE WHEN surname IS NULL THEN latin_name ELSE surname || coalesce('\u3000' || given, '') END",
        "CASE WHEN NOT protected THEN postcode END",
        "CASE WHEN NOT protected THEN town END",
        "yen",
        "persons",
        "CASE WHEN protected THEN 'office' ELSE 'post' END",
    )
    return f"""
        SELECT {fields} FROM (
            SELECT payment, payer, payee, payee_row, yen, persons, protected FROM payments WHERE route = 'letter'
        ) JOIN ({_payees(file)}) USING (payee_row)
        ORDER BY payment"""
