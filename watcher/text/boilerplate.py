"""Tells an article's lines from the lines around it: source notes, editors, page tools, QR appeals.

The rules are data (`boilerplate.toml`), each with its reason; a source may bring its own. A rule
takes whole short lines only, and most rules only before the first or after the last line of prose,
so that no sentence of an article can be lost to one. What a line said (outlet, time, link) is kept.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Where = Literal["head", "tail", "edge", "anywhere"]

_PROSE_LENGTH = 40  # characters; a line of this length that no rule knows is prose
_SENTENCE_END = re.compile(r"[。！？!?…；;][”’」』）)》]*$")
_SHORT_NOTE = 3  # lines
_FOLDED = 160  # characters; the few rules for longer lines do without traditional characters
_SUFFIX_REACH = 120  # characters at a line's end that a suffix may use
_DATELINE_REACH = 60
_DATELINE_LINES = 3  # headlines may stand before it
_LABEL = re.compile(r"(?:文章|信息)?(?:来源|作者|责任编辑|编辑|记者|发布时间)\s*[:：]")
_LABELLED = 24  # characters; what follows a label on a line of its own
_NO_OUTLET = frozenset(("网络", "互联网", "综合", "本站", "本网", "未知", "原创", "转载", "公众号"))


@dataclass(frozen=True, slots=True)
class LineRule:
    """One kind of line that is no part of an article."""

    name: str
    pattern: re.Pattern[str]
    where: Where = "anywhere"
    longest: int = 60  # characters
    rest: bool = False  # what follows in the tail goes with it


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """The rules in force: for whole lines, and for notes at the end of the last line of prose."""

    lines: tuple[LineRule, ...]
    suffixes: tuple[LineRule, ...] = ()
    datelines: tuple[LineRule, ...] = ()  # these take nothing away, they only tell the outlet

    def with_patterns(self, patterns: Sequence[str]) -> "Boilerplate":
        """The same and a source's own patterns, which must match a whole line; raises `re.error`."""
        own = tuple(LineRule("source's own", re.compile(pattern), longest=200) for pattern in patterns)
        return replace(self, lines=self.lines + own)


@dataclass(frozen=True, slots=True)
class Sifted:
    """An article's own lines, those taken out, and what these said."""

    kept: tuple[str, ...]
    removed: tuple[str, ...] = ()
    outlet: str | None = None  # of a source note or the line under the headline
    dateline_outlet: str | None = None  # of the first words of the first line, which stay
    time_text: str | None = None
    link: str | None = None


@cache
def shipped() -> Boilerplate:
    """The rules that come with the program."""
    data = tomllib.loads(files("watcher.text").joinpath("boilerplate.toml").read_text("utf-8"))
    words: Mapping[str, str] = data["words"]
    return Boilerplate(
        tuple(_rule(row, words) for row in data["rule"]),
        tuple(_rule({"where": "tail"} | row, words, end=r"\Z") for row in data["suffix"]),
        tuple(_rule({"where": "head"} | row, words) for row in data["dateline"]),
    )


def sift(lines: Sequence[str], boilerplate: Boilerplate, headlines: Sequence[str] = ()) -> Sifted:
    """Parts the lines of one article, outer blanks stripped. A short note that is all boilerplate stays.

    A line that is one of the `headlines` is no prose, though it may end in a question mark: what
    stands under it is still above the article.
    """
    lines = _with_labels_joined(lines)
    head, tail = _prose_bounds(lines, boilerplate.lines, frozenset(headlines))
    in_prose = [rule for rule in boilerplate.lines if rule.where == "anywhere"]
    kept: list[str] = []
    removed: list[str] = []
    found: dict[str, str] = {}
    dropping = False
    for number, line in enumerate(lines):
        rules = in_prose if head <= number <= tail else boilerplate.lines
        rule, match = _matching(line, rules, in_head=number < head, in_tail=number > tail)
        if rule and match:
            _note(match, line, found)
            dropping = dropping or (rule.rest and number > tail)
        (removed if rule or dropping else kept).append(line)
    if not kept and len(lines) <= _SHORT_NOTE:
        return _told(lines, (), found, boilerplate)
    if not kept:
        return _told((), tuple(removed), found, boilerplate)
    kept[-1], notes = _without_suffixes(kept[-1], boilerplate.suffixes, found)
    return _told(kept, (*removed, *notes), found, boilerplate)


def _told(
    kept: Sequence[str], removed: tuple[str, ...], found: Mapping[str, str], boilerplate: Boilerplate
) -> Sifted:
    openings = [line[:_DATELINE_REACH] for line in kept[:_DATELINE_LINES]]
    datelines = (rule.pattern.match(line) for line in openings for rule in boilerplate.datelines)
    return Sifted(
        kept=tuple(kept),
        removed=removed,
        outlet=found.get("outlet"),
        dateline_outlet=next((match["outlet"] for match in datelines if match), None),
        time_text=found.get("time"),
        link=found.get("link"),
    )


def _rule(row: Mapping[str, Any], words: Mapping[str, str], end: str = "") -> LineRule:
    pattern: str = row["pattern"]
    for word, meaning in words.items():
        pattern = pattern.replace("{" + word + "}", f"(?:{meaning})")
    return LineRule(
        name=row["name"],
        pattern=re.compile(pattern + end),
        where=row["where"],
        longest=row.get("longest", 60),
        rest=row.get("rest", False),
    )


def _with_labels_joined(lines: Sequence[str]) -> list[str]:
    """`来源：` on one line and `新华社` on the next, as text dumps of pages have it, made one line."""
    joined: list[str] = []
    for line in lines:
        if joined and len(line) <= _LABELLED and _LABEL.fullmatch(joined[-1][-12:].strip()):
            joined[-1] = f"{joined[-1].strip()} {line}"
        else:
            joined.append(line)
    return joined


def _prose_bounds(
    lines: Sequence[str], rules: Sequence[LineRule], headlines: frozenset[str]
) -> tuple[int, int]:
    """The numbers of the first and the last line of prose; past the end and before the start without any."""

    def is_prose(number: int) -> bool:
        return lines[number] not in headlines and _is_prose(lines[number], rules)

    first = next(filter(is_prose, range(len(lines))), None)
    if first is None:
        return len(lines), -1
    return first, next(filter(is_prose, reversed(range(len(lines)))))


def _is_prose(line: str, rules: Sequence[LineRule]) -> bool:
    if len(line) < _PROSE_LENGTH and not _SENTENCE_END.search(line[-8:]):
        return False
    return _matching(line, rules, in_head=True, in_tail=True) == (None, None)


def _matching(
    line: str, rules: Sequence[LineRule], *, in_head: bool, in_tail: bool
) -> tuple[LineRule, re.Match[str]] | tuple[None, None]:
    allowed = {"anywhere": True, "head": in_head, "tail": in_tail, "edge": in_head or in_tail}
    simplified = _simplified(line) if len(line) <= _FOLDED else line
    for rule in rules:
        if (
            len(line) <= rule.longest
            and allowed[rule.where]
            and (match := rule.pattern.fullmatch(simplified))
        ):
            return rule, match
    return None, None


def _simplified(line: str) -> str:
    """`責任編輯` is matched as 责任编辑; one character for one, so that spans hold in the line as written."""
    images, traditional = _traditional()
    return traditional.sub(lambda run: run[0].translate(images), line)


@cache
def _traditional() -> tuple[Mapping[int, int], re.Pattern[str]]:
    old, new = files("watcher.text").joinpath("traditional.txt").read_text("utf-8").splitlines()
    # Found first: translating a whole line looks each of its characters up.
    return dict(zip(map(ord, old), map(ord, new), strict=True)), re.compile(f"[{re.escape(old)}]")


def _note(match: re.Match[str], line: str, found: dict[str, str]) -> None:
    """Keeps the first outlet, time and link that removed lines named, as they were written."""
    for key in match.groupdict():
        value = line[slice(*match.span(key))].strip() if match[key] else ""
        if value and value not in _NO_OUTLET:
            found.setdefault(key, value)


def _without_suffixes(
    line: str, suffixes: Sequence[LineRule], found: dict[str, str]
) -> tuple[str, tuple[str, ...]]:
    notes: list[str] = []
    for rule in suffixes:
        start = max(0, len(line) - _SUFFIX_REACH)
        match = rule.pattern.search(line[start:])
        if match and start + match.start() > 0:
            _note(match, line[start:], found)
            notes.append(match[0].strip())
            line = line[: start + match.start()].rstrip()
    return line, tuple(notes)
