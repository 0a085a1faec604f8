"""The rules as written: what the shipped taxonomy and the user's TOML say, before compilation.

`origin` is "file: key" and goes into error messages, so that a user finds the line.
"""

from dataclasses import dataclass
from typing import Literal

SHIPPED = "shipped"  # how origins of our own rules begin

RegionLevel = Literal["country", "province", "city", "county", "zone", "cluster"]


@dataclass(frozen=True, slots=True)
class Region:
    """A place one can be tagged with.

    `code` is the adcode (6 digits) of an official place, the name itself of a zone or cluster, and
    "CN" for 全国.
    """

    code: str
    name: str  # official: 重庆市
    short_name: str  # as people say it: 重庆
    level: RegionLevel
    parent_code: str | None = None
    tier: str | None = None  # of a province: its group in the 2021 report
    members: tuple[str, ...] = ()  # of a cluster: codes


@dataclass(frozen=True, slots=True)
class TopicRule:
    """One topic: its words, and the phrases in which they do not count."""

    id: str
    label: str
    strong: tuple[str, ...] = ()  # count alone
    broad: tuple[str, ...] = ()  # count in texts of industry or as the head, elsewhere two together
    weak: tuple[str, ...] = ()  # count only past the gate
    not_: tuple[str, ...] = ()  # phrases that swallow a term
    pattern: tuple[str, ...] = ()  # regular expressions, each match as good as a strong term
    gate: bool = False  # a strong hit of this topic opens the gate for everybody's weak terms
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ClusterRule:
    """Regions that the press names as one: 成渝地区, 长三角, 中部六省; or 川渝, which names two."""

    name: str
    members: tuple[str, ...]  # official names of regions or other clusters
    aliases: tuple[str, ...] = ()
    expands: tuple[str, ...] = ()  # short forms that name the members one by one: 川渝
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A new area or development zone, which official tables lack: 两江新区, 雄安新区."""

    name: str
    parent: str  # official name of the city or province that holds it
    aliases: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RegionExtra:
    """More names for a region that the gazetteer has: epithets, old names."""

    name: str
    aliases: tuple[str, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationRule:
    """A company, platform, institute or alliance by name."""

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    home: str | None = None  # official name of a region
    needs_context: bool = False  # the name is also an ordinary word: 浪潮
    origin: str = ""


@dataclass(frozen=True, slots=True)
class MetricRule:
    """A quantity that figures are about, under all the names it goes by."""

    id: str
    label: str
    names: tuple[str, ...]
    units: tuple[str, ...] = ()  # a value in another unit is something else, unless it is a growth; () is any
    not_: tuple[str, ...] = ()  # phrases in which a name means something else: 占GDP的比重
    steady: bool = False  # does not change within a year: two values of one year disagree, dated or not
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything the tagger is built from besides the gazetteer of official places."""

    topics: tuple[TopicRule, ...] = ()
    clusters: tuple[ClusterRule, ...] = ()
    zones: tuple[ZoneRule, ...] = ()
    extras: tuple[RegionExtra, ...] = ()
    blocked: tuple[str, ...] = ()  # phrases that swallow a place name: 海南站
    tiers: tuple[tuple[str, tuple[str, ...]], ...] = ()  # tier name, official names of provinces
    organisations: tuple[OrganisationRule, ...] = ()
    metrics: tuple[MetricRule, ...] = ()
    figures: Literal["on topic", "all"] = "on topic"  # which items figures are read from
