"""Reads rules as people write them (TOML tables), and lays a user's rules over the shipped ones.

Checks shapes only (unknown keys, wrong types: pydantic.ValidationError); whether the rules make sense
together is asked of `watcher.tag.checks`. Reads package data, never a user's file: tables come as arguments.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from watcher.model.rules import (
    SHIPPED,
    ClusterRule,
    MetricRule,
    OrganisationRule,
    RegionExtra,
    RuleBook,
    TopicRule,
    ZoneRule,
)

Part = Literal["topics", "regions", "metrics"]

_Rule = TypeVar("_Rule")


@dataclass(frozen=True, slots=True)
class UserRules:
    """One file's rules. `alone`: nothing shipped of the same `part` stays in force (`extends = "none"`)."""

    book: RuleBook
    part: Part
    alone: bool = False


@cache
def shipped() -> RuleBook:
    """The taxonomy that comes with the program."""
    topics = read_topics(_package_table("topics.toml"), f"{SHIPPED} topics.toml").book
    regions = read_regions(_package_table("regions.toml"), f"{SHIPPED} regions.toml").book
    organisations = _organisations(_package_table("organisations.toml"))
    zones = (*regions.zones, *_named_zones(_package_table("zones.toml")))
    metrics = read_metrics(_package_table("metrics.toml"), f"{SHIPPED} metrics.toml").book.metrics
    return replace(regions, topics=topics.topics, organisations=organisations, zones=zones, metrics=metrics)


def read_topics(table: Mapping[str, object], origin: str) -> UserRules:
    """The rules of a topics.toml, `origin` being the file's name; pydantic.ValidationError names the key."""
    read = _TopicFile.model_validate(table)
    topics = tuple(
        TopicRule(
            id_, t.label, t.strong, t.broad, t.weak, t.not_, t.pattern, t.gate, f"{origin}: topic.{id_}"
        )
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


def read_metrics(table: Mapping[str, object], origin: str) -> UserRules:
    """The rules of a metrics.toml: what figures are about, and the names it goes by."""
    read = _MetricFile.model_validate(table)
    metrics = tuple(
        MetricRule(id_, m.label, m.names, m.units, m.not_, m.steady, f"{origin}: metric.{id_}")
        for id_, m in read.metric.items()
    )
    return UserRules(RuleBook(metrics=metrics), "metrics", read.extends == "none")


def merge(base: RuleBook, *users: UserRules) -> RuleBook:
    """Lays users' rules over `base`: equal ids and names are replaced, everything else is added."""
    for user in users:
        if user.alone:
            base = _without(base, user.part)
        new = user.book
        base = RuleBook(
            topics=_over(base.topics, new.topics, lambda topic: topic.id),
            clusters=_over(base.clusters, new.clusters, lambda cluster: cluster.name),
            zones=_over(base.zones, new.zones, lambda zone: zone.name),
            extras=(*base.extras, *new.extras),
            blocked=(*base.blocked, *new.blocked),
            tiers=(*base.tiers, *new.tiers),
            organisations=_over(base.organisations, new.organisations, lambda rule: rule.name),
            metrics=_over(base.metrics, new.metrics, lambda metric: metric.id),
            figures=base.figures,
        )
    return base


def _over(old: Iterable[_Rule], new: Iterable[_Rule], key: Callable[[_Rule], str]) -> tuple[_Rule, ...]:
    """Rules by key, later ones in the place of earlier ones."""
    by_key: dict[str, _Rule] = {key(rule): rule for rule in (*old, *new)}
    return tuple(by_key.values())


def _without(book: RuleBook, part: Part) -> RuleBook:
    if part == "topics":
        return replace(book, topics=())
    if part == "metrics":
        return replace(book, metrics=())
    return RuleBook(topics=book.topics, metrics=book.metrics, figures=book.figures)


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Topic(_Table):
    label: str
    strong: tuple[str, ...] = ()
    broad: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")
    pattern: tuple[str, ...] = ()
    gate: bool = False


class _TopicFile(_Table):
    extends: Literal["shipped", "none"] = "shipped"
    topic: dict[str, _Topic] = {}


class _Metric(_Table):
    label: str
    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    not_: tuple[str, ...] = Field(default=(), alias="not")
    steady: bool = False


class _MetricFile(_Table):
    extends: Literal["shipped", "none"] = "shipped"
    metric: dict[str, _Metric] = {}


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


def _package_table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("watcher.tag").joinpath("data", name).read_text("utf-8"))


def _organisations(table: Mapping[str, Any]) -> tuple[OrganisationRule, ...]:
    """The shipped lexicon: one table a kind, one line a name."""
    flat = {name: {"kind": kind, **fields} for kind, names in table.items() for name, fields in names.items()}
    return read_regions({"organisation": flat}, f"{SHIPPED} organisations.toml").book.organisations


def _named_zones(table: Mapping[str, Any]) -> Iterator[ZoneRule]:
    """Zones that bear a city's name, built from the lists of zones.toml."""
    for city in table["high_tech"].split():
        yield _zone(
            f"{city}高新区", city, city + "高新技术产业开发区", city + "高新技术开发区", city + "国家高新区"
        )
    for city in dict.fromkeys(table["economic"].split()):
        yield _zone(
            f"{city}经开区", city, city + "经济技术开发区", city + "经济开发区", city + "国家级经开区"
        )
    for province, areas in table["free_trade"].items():
        long = (f"{province}自由贸易试验区", f"中国({province})自由贸易试验区", f"{province}自贸区")
        yield _zone(f"{province}自贸试验区", province, *long)
        for area in areas.split():
            part = area if area.endswith("片区") else f"{area}片区"
            parent = table["free_trade_city"].get(area, area)
            yield _zone(f"{province}自贸试验区{part}", parent, *(form + part for form in long))


def _zone(name: str, parent: str, *aliases: str) -> ZoneRule:
    return ZoneRule(name, parent, aliases, f"{SHIPPED} zones.toml")
