"""Items, labels and digests for the tests of `watcher.digest`: invented, small, each value overridable."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watcher.digest.select import select
from watcher.model import Digest, DigestSpec, Figure, Labels, Region, RegionTag, StoredItem, TopicTag

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNTIL = datetime(2022, 2, 23, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai, a Wednesday
SINCE = UNTIL - timedelta(days=1)

_REGIONS = (
    Region("CN", "全国", "全国", "country"),
    Region("500000", "重庆市", "重庆", "province", "CN"),
    Region("510000", "四川省", "四川", "province", "CN"),
    Region("510100", "成都市", "成都", "city", "510000"),
    Region("510104", "锦江区", "锦江", "county", "510100"),
    Region("420000", "湖北省", "湖北", "province"),
    Region("成渝地区", "成渝地区", "成渝", "cluster", members=("500000", "510000")),
    Region("两江新区", "两江新区", "两江新区", "zone", "500000"),
    Region("甲", "甲", "甲", "zone", "乙"),
    Region("乙", "乙", "乙", "zone", "甲"),
)
LABELS = Labels(
    topics={"identifier": "标识解析", "park": "园区", "fiveg": "5G+工业互联网"},
    regions={region.code: region for region in _REGIONS},
    sources={"nbd": "每经网", "seeds": "样例"},
    metrics={"fiveg_stations": "5G 基站", "nodes": "二级节点"},
)


def topic(name: str, score: float = 4, role: Any = "main") -> TopicTag:
    return TopicTag(name, role, score, ())


def region(code: str, score: float = 10, role: Any = "primary") -> RegionTag:
    return RegionTag(code, role, score, ())


def figure(metric: str | None, value: float, unit: str, **changes: Any) -> Figure:
    values: dict[str, Any] = {
        "value_max": None,
        "approx": None,
        "metric_raw": metric or "其他",
        "kind": "actual",
        "region_code": "500000",
        "region_from": "sentence",
        "organisation": None,
        "period_start": None,
        "period_end": date(2022, 2, 23),
        "period_from": "published",
        "base_period": None,
        "confidence": 0.9,
        "quotes": ("…",),
    }
    return Figure(value=value, unit=unit, metric=metric, **(values | changes))


def item(number: int = 1, **changes: Any) -> StoredItem:
    values: dict[str, Any] = {
        "id": number,
        "title": f"第{number}篇：两江新区新增标识解析节点",
        "url": f"https://news.example.cn/{number}.html",
        "outlet": "山城工业报",
        "author": None,
        "text": "两江新区近日有三个工业互联网标识解析二级节点上线试运行，覆盖三个行业。",
        "published_at": UNTIL - timedelta(hours=2),
        "published_from": "feed",
        "first_seen_at": UNTIL - timedelta(hours=1),
        "topics": (topic("identifier"),),
        "regions": (region("500000"),),
        "source_ids": ("seeds",),
    }
    return StoredItem(**(values | changes))


def spec(**changes: Any) -> DigestSpec:
    values: dict[str, Any] = {
        "name": "daily",
        "title": "工业互联网日报",
        "schedule": "0 8 * * *",
        "timezone": SHANGHAI,
    }
    return DigestSpec(**(values | changes))


def digest(*items: StoredItem, **changes: Any) -> Digest:
    """The digest of these items for an audience that wants everything."""
    return select(items, spec(**changes), LABELS, UNTIL, SINCE, UNTIL)
