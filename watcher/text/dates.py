"""Date strings of feeds and Chinese pages to moments in UTC: strict, and never a guess that looks exact.

Reads one date out of a short string that may have a label before and a remark after it
(`发布时间：2021-05-10 06:56 来源：新华社`). A date that cannot be (30 February, year 10000, next month)
gives None rather than a neighbour. It does not look for dates in running text, and no parser of
another library stands behind it: they read `2016/6/29 15:07:41` as some other day without a word.

What programs write is read at once. The steps for the rest: fold (full-width forms, case), find the day
(`days`), read time and zone beside it (`clock`).
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.text.clock import Clock, clock_after, clock_before
from watcher.text.days import find_day

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=2)  # clocks and zones are wrong by hours; nobody publishes next week's news
MAX_CHARS = 200


def parse_date(raw: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment `raw` names, in UTC and between 1990 and `now` + 2 days, or None.

    `zone` counts for strings that name none, and says which CST is meant; `now` (aware) is what
    `12分钟前` and `05-30` are relative to. Forms: RFC 822 and 2822, RFC 3339, W3C-DTF, and what
    Chinese sites write. Looks at 200 characters at most.
    """
    try:
        moment = _machine(raw) or _written(raw, zone, now)
    except (ValueError, OverflowError):  # 30 February, 25:61, an offset of 40 hours
        return None
    return moment if moment and EARLIEST <= moment <= now + AHEAD else None


def _machine(raw: str) -> datetime | None:
    """What programs write, whole and with its zone: nearly all dates of feeds, at a fifth of the cost."""
    if match := _RFC_822.fullmatch(raw):
        day, month, year, clock, offset = match.groups()
        raw = f"{year}-{_MONTHS.index(month) + 1:02}-{day:0>2}T{clock}{offset or 'Z'}"
    elif not _RFC_3339.fullmatch(raw):
        return None
    return datetime.fromisoformat(raw).astimezone(UTC)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TIME = "(?:[01][0-9]|2[0-3])(?::[0-5][0-9]){2}"
_OFFSET = "[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]"
_RFC_822 = re.compile(
    rf"(?:[A-Z][a-z]{{2}}, )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) ({_TIME}) (?:GMT|({_OFFSET}))"
)
_RFC_3339 = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}(?:\.[0-9]{{3}})?(?:Z|{_OFFSET})")


def _written(raw: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """What people and their templates write."""
    text = _fold(raw)
    return _epoch(text) or _calendar(text, zone, now) or _ago(text, now)


def _fold(raw: str) -> str:
    """`２０２１年５月１０日　06：56` as `2021年5月10日 06:56`.

    Lower case, single blanks, plain dashes, simplified forms of the characters dates are written with.
    """
    kept = raw if len(raw) <= MAX_CHARS else _CUT_NUMBER.sub("", raw[:MAX_CHARS])
    folded = unicodedata.normalize("NFKC", kept).lower()
    return " ".join(folded.translate(_FOLDS).split())


_CUT_NUMBER = re.compile(r"[0-9０-９:：./+月-]+\Z")  # `2021-05-1`, and `2021年12月` of 2021年12月10日
_FOLDS = str.maketrans("‐–—−時點鐘個剛週禮號後間裡", "----时点钟个刚周礼号后间里")

_EPOCH = re.compile(r"([0-9]{10})(?:[0-9]{3}|\.[0-9]+)?")


def _epoch(text: str) -> datetime | None:
    """`1620600969` and `1620600969000`: ten digits of seconds since 1970, milliseconds cut."""
    match = _EPOCH.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), UTC) if match else None


# asctime and JavaScript put the year behind the time: `Mon May 10 06:56:09 CST 2021`
_ASCTIME = re.compile(
    r"(?P<month>[a-z]{3,9}) (?P<day>[0-9]{1,2}),? (?P<clock>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)"
    r" (?P<zone>[a-z]{1,5}|(?:gmt|utc)?[+-][0-9]{2}:?[0-9]{2})? ?(?P<year>[0-9]{4})(?![0-9])"
)


def _calendar(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """`2021-05-10 06:56`, `昨天 08:00`: a day with or without a time; midnight where there is none."""
    text = _ASCTIME.sub(r"\g<day> \g<month> \g<year> \g<clock> \g<zone>", text)
    found = find_day(text, now.astimezone(zone).date())
    if found is None:
        return None
    clock = clock_after(text[found.end :]) or clock_before(text[: found.start]) or Clock()
    return clock.on(found.day, zone)


_UNITS = {
    **dict.fromkeys(("秒", "秒钟", "second", "sec"), timedelta(seconds=1)),
    **dict.fromkeys(("分", "分钟", "minute", "min"), timedelta(minutes=1)),
    **dict.fromkeys(("小时", "钟头", "hour", "hr"), timedelta(hours=1)),
    **dict.fromkeys(("天", "日", "day"), timedelta(days=1)),
    **dict.fromkeys(("周", "星期", "礼拜", "week"), timedelta(days=7)),
    **dict.fromkeys(("月", "month"), timedelta(days=30)),  # days off, but better than "today"
    **dict.fromkeys(("年", "year"), timedelta(days=365)),
}
_COUNTS = dict(zip("半一二两三四五六七八九十", (0.5, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))
_COUNTS |= {"a": 1, "an": 1}
_AGO = re.compile(
    rf"(?<![0-9.])([0-9]{{1,5}}|{'|'.join(_COUNTS)}) ?个?(?:多)? ?"
    rf"({'|'.join(sorted(_UNITS, key=len, reverse=True))})s? ?(?:之?前|以前|ago)"
)
_NOW = re.compile(r"刚刚|刚才|just now")


def _ago(text: str, now: datetime) -> datetime | None:
    """`12分钟前`, `半小时前`, `3 hours ago`, `刚刚`."""
    if match := _AGO.search(text):
        count = _COUNTS[match[1]] if match[1] in _COUNTS else int(match[1])
        return (now - count * _UNITS[match[2]]).astimezone(UTC)
    return now.astimezone(UTC) if _NOW.search(text) else None
