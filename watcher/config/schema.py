"""The shape of watcher.toml, sources.toml and digests.toml: every key, its type, its default.

Unknown keys are errors. topics.toml, regions.toml and metrics.toml have their shape beside the rules they
make (`watcher.tag.rulebook`).
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from watcher.config.values import (
    CronLine,
    Duration,
    LinePattern,
    LocalAddress,
    MailAddress,
    PrivatePair,
    PushUrl,
    QuietHours,
    SchedulerAddress,
    Size,
    WebUrl,
    Zone,
)
from watcher.config.values import duration as read_duration
from watcher.config.values import zone as read_zone
from watcher.model import Channel, DigestFormat

LongTime = Annotated[Duration | None, Field(ge=timedelta(days=1))]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class General(_Strict):
    """Keys of [watcher]."""

    database: str = "../var/watcher.db"
    timezone: Zone = Field(default_factory=lambda: read_zone("Asia/Shanghai"))
    contact: str = ""
    figures: Literal["on topic", "all"] = "on topic"


class Http(_Strict):
    """Keys of [http]."""

    timeout: float = Field(default=30, ge=1, le=600)  # seconds
    max_bytes: Size = 16 << 20
    concurrency: int = Field(default=16, ge=1, le=256)
    proxy: WebUrl | None = None
    per_host: int = Field(default=2, ge=1, le=16)
    per_host_delay: float = Field(default=1.0, ge=0, le=60)  # seconds
    allow_private: tuple[PrivatePair, ...] = ()


class Smtp(_Strict):
    """Keys of [smtp]."""

    host: str | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    tls: Literal["ssl", "starttls", "none"] = "ssl"
    user: str | None = None
    password_file: str | None = None
    password: str | None = Field(default=None, repr=False)  # from the environment only
    from_: MailAddress | None = Field(default=None, alias="from")


class Service(_Strict):
    """Keys of [service]."""

    operator: MailAddress | None = None
    metrics_file: str | None = None
    listen: LocalAddress | None = None
    backups: str = "../var/backups"
    backup_every: Duration = Field(default_factory=lambda: read_duration("1d"), ge=timedelta(minutes=10))
    backup_keep: int = Field(default=3, ge=0, le=1000)


class Retention(_Strict):
    """Keys of [retention]: how long each kind of thing is kept; None is for ever."""

    items: LongTime = None
    revisions: LongTime = None
    polls: LongTime = None
    parcels: LongTime = None
    raw: Duration = Field(default_factory=lambda: read_duration("14d"))  # what `db reparse` reads again


class Scale(_Strict):
    """Keys of [scale]."""

    dispatcher: Literal["local", "dask"] = "local"
    scheduler: SchedulerAddress | None = None
    lease: Duration = Field(default_factory=lambda: read_duration("5m"), ge=timedelta(seconds=1))
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


class MainFile(_Strict):
    """Keys of watcher.toml."""

    watcher: General = General()
    http: Http = Http()
    smtp: Smtp = Smtp()
    service: Service = Field(default_factory=Service)
    retention: Retention = Retention()
    scale: Scale = Field(default_factory=Scale)


class Defaults(_Strict):
    """Keys of [defaults] in sources.toml."""

    interval: Duration = Field(default_factory=lambda: read_duration("1h"))
    timezone: Zone | None = None


class SourceTable(_Strict):
    """Keys of [[source]]."""

    id: Identifier
    kind: Literal["feed", "folder"]
    title: str | None = None
    url: WebUrl | None = None
    path: str | None = None
    glob: tuple[str, ...] = ("**/*.md", "**/*.html", "**/*.txt", "**/*.xml", "**/*.json")
    mirrors: tuple[WebUrl, ...] = ()
    timezone: Zone | None = None
    interval: Duration | None = None
    enabled: bool = True
    topics: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    boilerplate: tuple[LinePattern, ...] = ()
    fulltext: bool = False
    identity: Literal["guid", "url", "content"] | None = None
    expect_every: Duration | None = None

    @model_validator(mode="after")
    def _has_its_place(self) -> "SourceTable":
        if self.kind == "feed" and (self.url is None or self.path is not None):
            raise ValueError('a source of kind "feed" has a url and no path')
        if self.kind == "folder" and self.fulltext:
            raise ValueError('fulltext is for a source of kind "feed"')
        if self.kind == "folder" and (self.path is None or self.url is not None or self.mirrors):
            raise ValueError('a source of kind "folder" has a path, no url and no mirrors')
        return self


class SourcesFile(_Strict):
    """Keys of sources.toml."""

    defaults: Defaults = Field(default_factory=Defaults)
    source: tuple[SourceTable, ...] = ()


class FilterTable(_Strict):
    """Keys of topics, regions and sources in a digest."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class DeliverTable(_Strict):
    """Keys of [[digest.deliver]] and [[alert.deliver]]."""

    channel: Channel
    path: str | None = None
    formats: tuple[DigestFormat, ...] = ("html", "txt", "md")
    to: tuple[MailAddress, ...] = ()
    url: PushUrl | None = None
    operator: bool = False

    @model_validator(mode="after")
    def _has_its_target(self) -> "DeliverTable":
        wanted, example = _TARGETS[self.channel]
        for key in ("path", "to", "url"):
            if bool(getattr(self, key)) != (key == wanted):
                verb = "needs" if key == wanted else "has no"
                raise ValueError(f'the channel "{self.channel}" {verb} {key}; write {wanted} = {example}')
        return self


# For each channel the key that says where to, and how it is written.
_TARGETS: dict[Channel, tuple[str, str]] = {
    "file": ("path", '"../var/digests"'),
    "email": ("to", '["name@example.org"]'),
    "push": ("url", '"{secret:name}"'),
}


class _Audience(_Strict):
    """What digests and alerts have in common: for whom, about what, and where to."""

    id: Identifier
    title: str
    timezone: Zone | None = None
    match: Literal["main", "mentioned"] = "main"
    topics: FilterTable = FilterTable()
    regions: FilterTable = FilterTable()
    sources: FilterTable = FilterTable()
    group_by: Literal["region", "topic", "source", "none"] = "region"
    browse: WebUrl | None = None
    deliver: tuple[DeliverTable, ...] = ()


class DigestTable(_Audience):
    """Keys of [[digest]]."""

    schedule: CronLine | None = None
    max_items: int = Field(default=60, ge=1, le=1000)
    when_empty: Literal["skip", "send"] = "skip"
    catch_up: Literal["latest", "all", "none"] = "latest"
    carry_over: bool = True
    updates: bool = False


class AlertTable(_Audience):
    """Keys of [[alert]]."""

    outlets: int | None = Field(default=None, ge=1)
    spike: bool = False
    within: Duration = Field(default_factory=lambda: read_duration("1d"), ge=timedelta(hours=1))
    quiet: QuietHours | None = None

    @model_validator(mode="after")
    def _has_a_threshold(self) -> "AlertTable":
        if self.outlets is None and not self.spike:
            raise ValueError("an alert needs a threshold; write outlets = 3, or spike = true")
        return self


class DigestsFile(_Strict):
    """Keys of digests.toml."""

    digest: tuple[DigestTable, ...] = ()
    alert: tuple[AlertTable, ...] = ()
