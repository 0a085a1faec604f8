"""Reads rules as people write them (TOML tables) into a RuleBook, and lays a user's rules over the shipped ones.

Checks shapes only (unknown keys, wrong types: pydantic.ValidationError); whether the rules make sense
together is asked of `watcher.tag.checks`. Reads package data, never a user's file: tables come as arguments.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from watcher.model.rules import (
    ClusterRule,
    OrganisationRule,
    RegionExtra,
    RuleBook,
    TopicRule,
    ZoneRule,
)

_Rule = TypeVar("_Rule", TopicRule, ClusterRule, ZoneRule, OrganisationRule)


@dataclass(frozen=True, slots=True)
class UserRules:
    """One file's rules. `alone`: nothing shipped of the same `part` stays in force (`extends = "none"`)."""

    book: RuleBook
    part: Literal["topics", "regions"]
    alone: bool = False


@cache
def shipped() -> RuleBook:
    """The taxonomy that comes with the program."""
    topics = read_topics(_package_table("topics.toml"), "shipped topics.toml").book
    regions = read_regions(_package_table("regions.toml"), "shipped regions.toml").book
    organisations = _organisations(_package_table("organisations.toml"))
    zones = (*regions.zones, *_named_zones(_package_table("zones.toml")))
    return replace(regions, topics=topics.topics, organisations=organisations, zones=zones)


def read_topics(table: Mapping[str, object], origin: str) -> UserRules:
    """The rules of a topics.toml, `origin` being the file's name; pydantic.ValidationError names the key."""
    read = _TopicFile.model_validate(table)
    topics = tuple(
        TopicRule(id_, t.label, t.strong, t.weak, t.not_, t.pattern, t.gate, f"{origin}: topic.{id_}")
        for id_, t in read.topic.items()
    )
    return UserRules(RuleBook(topics=topics), "topics", read.extends == "none")


def read_regions(table: Mapping[str, object], origin: str) -> UserRules:
    """The rules of a regions.toml; `[organisation."…"]` tables add companies and platforms to the lexicon."""
    read = _RegionFile.model_validate(table)
    book = RuleBook(
        clusters=tuple(
            ClusterRule(name, c.members, c.aliases, c.expands, f"{origin}: cluster.{name}")
            for name, c in read.cluster.items()
        ),
        zones=tuple(
            ZoneRule(name, z.parent, z.aliases, f"{origin}: zone.{name}") for name, z in read.zone.items()
        ),
        extras=tuple(
            RegionExtra(name, r.aliases, f"{origin}: region.{name}") for name, r in read.region.items()
        ),
        blocked=read.blocked,
        tiers=tuple(read.tiers.items()),
        organisations=tuple(
            OrganisationRule(name, o.kind, o.aliases, o.home, o.context, f"{origin}: organisation.{name}")
            for name, o in read.organisation.items()
        ),
    )
    return UserRules(book, "regions", read.extends == "none")


def merge(base: RuleBook, *users: UserRules) -> RuleBook:
    """Lays users' rules over `base`: equal ids and names are replaced, everything else is added."""
    for user in users:
        if user.alone:
            base = _without(base, user.part)
        new = user.book
        base = RuleBook(
            topics=_over(base.topics, new.topics, "id"),
            clusters=_over(base.clusters, new.clusters, "name"),
            zones=_over(base.zones, new.zones, "name"),
            extras=(*base.extras, *new.extras),
            blocked=(*base.blocked, *new.blocked),
            tiers=(*base.tiers, *new.tiers),
            organisations=_over(base.organisations, new.organisations, "name"),
        )
    return base


def _over(old: Iterable[_Rule], new: Iterable[_Rule], key: str) -> tuple[_Rule, ...]:
    return tuple({getattr(rule, key): rule for rule in (*old, *new)}.values())


def _without(book: RuleBook, part: Literal["topics", "regions"]) -> RuleBook:
    if part == "topics":
        return replace(book, topics=())
    return RuleBook(topics=book.topics)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Topic(_Table):
    label: str
    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")
    pattern: tuple[str, ...] = ()
    gate: bool = False


class _TopicFile(_Table):
    extends: Literal["shipped", "none"] = "shipped"
    topic: dict[str, _Topic] = {}


class _Cluster(_Table):
    members: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    expands: tuple[str, ...] = ()


class _Zone(_Table):
    parent: str
    aliases: tuple[str, ...] = ()


class _Region(_Table):
    aliases: tuple[str, ...]


class _Organisation(_Table):
    kind: str = "company"
    home: str | None = None
    aliases: tuple[str, ...] = ()
    context: bool = False


class _RegionFile(_Table):
    extends: Literal["shipped", "none"] = "shipped"
    cluster: dict[str, _Cluster] = {}
    zone: dict[str, _Zone] = {}
    region: dict[str, _Region] = {}
    organisation: dict[str, _Organisation] = {}
    blocked: tuple[str, ...] = ()
    tiers: dict[str, tuple[str, ...]] = {}


def _package_table(name: str) -> dict[str, object]:
    return tomllib.loads(files("watcher.tag").joinpath("data", name).read_text("utf-8"))


def _organisations(table: Mapping[str, object]) -> tuple[OrganisationRule, ...]:
    """The shipped lexicon: one table a kind, one line a name."""
    flat = {
        name: {"kind": kind, **fields}
        for kind, names in table.items()
        for name, fields in names.items()  # type: ignore[attr-defined]
    }
    return read_regions({"organisation": flat}, "shipped organisations.toml").book.organisations


_FREE_TRADE_CITY = {  # areas of free-trade zones that are named after less than a city
    "临港新片区": "上海", "陆家嘴": "上海", "外高桥": "上海", "南沙": "广州", "前海蛇口": "深圳", "横琴": "珠海", "天津港": "天津",
    "天津机场": "天津", "滨海新区中心商务": "天津", "平潭": "福州", "金义": "金华", "两江": "重庆", "西永": "重庆", "果园港": "重庆",
    "川南临港": "泸州", "杨凌示范区": "咸阳", "钦州港": "钦州", "雄安": "河北", "曹妃甸": "唐山", "大兴机场": "廊坊",
}  # fmt: skip


def _named_zones(table: Mapping[str, object]) -> Iterable[ZoneRule]:
    """Zones that bear a city's name, built from the lists of zones.toml."""
    for city in str(table["high_tech"]).split():
        forms = ("高新技术产业开发区", "高新技术开发区", "国家高新区", "国家高新技术产业开发区")
        yield ZoneRule(f"{city}高新区", city, tuple(city + form for form in forms), "shipped zones.toml")
    for city in dict.fromkeys(str(table["economic"]).split()):
        forms = ("经济技术开发区", "经济开发区", "国家级经开区")
        yield ZoneRule(f"{city}经开区", city, tuple(city + form for form in forms), "shipped zones.toml")
    for province, areas in table["free_trade"].items():  # type: ignore[attr-defined]
        long = f"{province}自由贸易试验区"
        aliases = (long, f"中国({province})自由贸易试验区", f"{province}自贸区")
        yield ZoneRule(f"{province}自贸试验区", province, aliases, "shipped zones.toml")
        for area in areas.split():
            part = area if area.endswith("片区") else f"{area}片区"
            aliases = (f"{province}自贸区{part}", f"{long}{part}", f"{aliases[1]}{part}")
            parent = _FREE_TRADE_CITY.get(area, area)
            yield ZoneRule(f"{province}自贸试验区{part}", parent, aliases, "shipped zones.toml")
