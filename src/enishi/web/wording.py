"""How numbers, amounts, days and durations are written in Japanese and English."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from enishi.kernel.eras import GREGORIAN_FROM, era_year, to_era
from enishi.kernel.yen import format_yen
from enishi.register.terms import relation_words

MONTHS = "January February March April May June July August September October November December".split()
JAPANESE_UNITS = (((10**12, "兆"), (10**8, "億")), ((10**8, "億"), (10**4, "万")), ((10**4, "万"), (1, "")))
ENGLISH_UNITS = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def japanese() -> bool:
    """Whether the page is in Japanese; otherwise it is in English."""
    return (get_language() or "ja").startswith("ja")


def yen(amount: int) -> str:
    """`100,000円` or `100,000 yen`."""
    return format_yen(amount, "ja" if japanese() else "en")


def yen_words(amount: int) -> str:
    """`約12兆5,417億円`, `9億5,260万円`, `12.54 trillion yen`; below a million exactly as `yen` writes it.

    Japanese names two units and says 約 where that is not exact.
    """
    number, unit = yen_parts(amount)
    return number + unit if japanese() else f"{number} {unit}"


def yen_parts(amount: int) -> tuple[str, str]:
    """The number of `yen_words` and its unit apart, for large type: (`12.54`, `trillion yen`)."""
    if abs(amount) < 10**6:
        return f"{amount:,}", "円" if japanese() else "yen"
    if not japanese():
        unit, word = next(pair for pair in ENGLISH_UNITS if abs(amount) >= pair[0])
        return f"{amount / unit:,.2f}", f"{word} yen"
    large, small = next(pair for pair in JAPANESE_UNITS if abs(amount) >= pair[0][0])
    rest = round(abs(amount) / small[0])
    exact = rest * small[0] == abs(amount)
    first, second = divmod(rest, large[0] // small[0])
    number = ("" if exact else "約") + ("-" if amount < 0 else "") + f"{first:,}{large[1]}"
    return (f"{number}{second:,}{small[1]}" if second else number), "円"


def percent(part: int, whole: int) -> str:
    """`12.3%`; `–` where the whole is nothing. 0% and 100% are said only where they are exact."""
    if not whole:
        return "–"
    if part in (0, whole):
        return "100%" if part else "0%"
    tenths = min(999, max(1, round(part * 1000 / whole)))
    return f"{tenths / 10:.1f}%"


def day(value: date | datetime) -> str:
    """`2020年4月27日（令和2年）`, `27 April 2020`. A moment is taken in Japan's time."""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    if not japanese():
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    written = f"{value.year}年{value.month}月{value.day}日"
    if value < GREGORIAN_FROM:
        return written
    era = to_era(value)
    return f"{written}（{era.era.ja}{era_year(era.year)}）"


def moment(value: datetime) -> str:
    """Day, hour and minute in Japan's time: `2026年11月23日 14:23`, `23 November 2026, 14:23`."""
    local = timezone.localtime(value)
    if japanese():
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{day(value)}, {local:%H:%M}"


def duration(seconds: int | None) -> str:
    """`45 seconds`, `2 minutes 5 seconds`, `1 hour 10 minutes`; a dash for None."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    if not hours and (rest or not minutes):
        parts.append(ngettext("%(count)d second", "%(count)d seconds", rest) % {"count": rest})
    return ("" if japanese() else " ").join(parts)


def size(value: int) -> str:
    """A file's length: `512 bytes`, `4.9 MB` (decimal units)."""
    if value < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", value) % {"count": value}
    amount = float(value)
    for unit in ("kB", "MB", "GB", "TB"):
        amount /= 1000
        if amount < 999.5 or unit == "TB":
            break
    return f"{amount:,.1f} {unit}"


def sex(code: int) -> str:
    """A sex of ISO/IEC 5218 in words; another code as it stands."""
    return {1: _("male"), 2: _("female")}.get(code, str(code))


def name_kind(kind: str) -> str:
    """A kind of name in words; blank for the registered name itself."""
    return {
        "former": _("former surname"),
        "alias": _("alias"),
        "latin": _("in Latin letters"),
        "foreign_kanji": _("in kanji"),
    }.get(kind, "")


def entry_or_exit(code: str) -> str:
    """How somebody came on a municipality's register or left it; blank where the record does not say."""
    return {
        "birth": _("birth"),
        "from_abroad": _("from abroad"),
        "move_in": _("moved in"),
        "death": _("death"),
        "abroad": _("moved abroad"),
        "move_out": _("moved out"),
        "ex_officio": _("ex officio"),
        "status_acquired": _("on a status of residence"),
        "disappearance": _("adjudication of disappearance"),
        "merger": _("municipal merger"),
        "naturalisation": _("naturalisation"),
        "restoration": _("restoration"),
    }.get(code, "")


def relation(path: str) -> str:
    """A relationship to the head of household in words."""
    return relation_words(path, 0, get_language() or "ja")


def item(code: str) -> str:
    """What was read of a person, in words; an item that this list does not know, as it stands."""
    return {
        "name": pgettext("read", "name"),
        "reading": _("reading of the name"),
        "birth_date": _("date of birth"),
        "sex": _("sex"),
        "address": _("address"),
        "other_names": _("other names"),
        "nationality": _("nationality"),
        "residence_status": _("residence status"),
        "household": _("household"),
        "relation": _("relationship"),
        "members": _("members of the household"),
        "entitlement": _("entitlement"),
        "grounds": _("grounds"),
        "payment": _("payment"),
        "payee": _("payee"),
        "route": _("way of payment"),
        "account": _("account"),
        "account_holder": _("account holder"),
        "read_record": _("record of reads"),
        "particulars": _("date of birth and sex"),
        "residence": _("residence"),
        "membership": _("place in the household"),
        "domicile": _("registered domicile"),
        "foreign_status": _("what is recorded of foreign residents"),
        "status_item": _("insurances, pension, electoral roll"),
        "history": _("history of the record"),
        "acts": _("acts that made the record"),
        "move": _("move"),
        "names": _("names"),
        "previous_address": _("previous address"),
        "addressee": _("addressee number"),
    }.get(code, code)
