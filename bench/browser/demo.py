"""A database of made-up news to look at: sixteen weeks, eight sources, copies, edits, figures, failures.

    python -m bench.browser.demo demo.db

Everything is invented and the same at each run (seed 5). The items are tagged by the shipped rules;
stories and figures are written as the program's own steps would, so that the pages have all there is.
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.dedupe import content_hash, judge
from watcher.model import Item, Source, TaggedItem
from watcher.store import items, sources, tags
from watcher.store.open import open_store, transaction
from watcher.store.times import to_text
from watcher.tag import Rules, compile_rules, tag
from watcher.tag.rulebook import shipped

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
WEEKS = 16
SOURCES = {
    "yuqing": "示例产业观察", "gongye": "示例工业报", "chengyu": "成渝数智周刊", "delta": "长三角制造",
    "nodes": "标识在线", "fiveg": "五维通信", "posts": "转载文章夹", "policy": "政策速递",
}  # fmt: skip
PLACES = [
    ("重庆", "两江新区", 16), ("四川", "成都", 12), ("湖北", "武汉", 11), ("江苏", "苏州", 10), ("广东", "东莞", 9),
    ("浙江", "宁波", 8), ("山东", "青岛", 7), ("湖南", "长沙", 6), ("安徽", "合肥", 5), ("上海", "浦东新区", 5),
    ("贵州", "贵阳", 4), ("河南", "郑州", 4), ("福建", "泉州", 3), ("陕西", "西安", 3), ("辽宁", "沈阳", 2),
    ("江西", "南昌", 2), ("广西", "柳州", 2), ("云南", "昆明", 1), ("内蒙古", "包头", 1), ("新疆", "乌鲁木齐", 1),
]  # fmt: skip
THEMES = [
    ("标识解析二级节点新增{n}个，接入企业{m}家", "secondary_nodes",
     "{p}{c}的标识解析二级节点本月新增{n}个，累计达到{t}个，接入企业{m}家，日均解析量稳步上升。"),
    ("企业“上云”再提速，服务券发放{m}份", "cloud_companies",
     "截至目前，{p}{c}累计有{t}万家企业上云上平台，今年发放服务券{m}份，中小企业用云成本降了两成。"),
    ("“5G+工业互联网”走进{m}个车间", "fiveg_stations",
     "{p}{c}建成5G基站{t}万个，“5G+工业互联网”项目{n}个，机器视觉质检、远程控制等场景走进{m}个车间。"),
    ("工业互联网平台赋能产业集群", "ii_platforms",
     "{p}{c}培育工业互联网平台{n}个，连接设备{t}万台，产业集群里的{m}家工厂共享订单和产能。"),
    ("智能工厂梯度培育名单公布，{n}家入选", "smart_factories",
     "{p}{c}公布智能工厂梯度培育名单，{n}家企业入选，智能制造标准化车间累计{t}个。"),
    ("工业互联网安全分类分级管理试点启动", None,
     "{p}{c}启动工业互联网安全分类分级管理试点，{n}家联网企业参加，态势感知平台监测设备{m}台。"),
]  # fmt: skip
UNITS = {"secondary_nodes": "个", "cloud_companies": "家", "fiveg_stations": "个", "ii_platforms": "个",
         "smart_factories": "个"}  # fmt: skip
ENDS = [
    "业内人士认为，下一步要把数据用起来，让小企业也看得到回报。",
    "相关负责人表示，将支持链主企业牵头，带动上下游一起改造。",
    "当地还将建设数据空间，探索“可用不可见”的流通方式。",
    "一家齿轮厂的负责人算过账：改造之后，返修率降了一成多。",
    "记者了解到，园区正在试着统一购买解析服务，免费开放给入驻企业。",
]


def build(path: Path) -> Database:
    """Make the database; the file must not be there yet."""
    chance, rules = random.Random(5), compile_rules(shipped())
    db = open_store(path)
    with transaction(db):
        tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
        sources.register(db, [_source(name) for name in SOURCES], NOW - timedelta(weeks=WEEKS))
        for week in range(WEEKS):
            for _ in range(9 + week // 2 + chance.randint(0, 5)):
                _event(db, rules, chance, NOW - timedelta(weeks=WEEKS - 1 - week))
        _polls(db, chance)
        _digest(db)
    return db


def _event(db: Database, rules: Rules, chance: random.Random, week: datetime) -> None:
    """Something happened: one outlet tells it, sometimes others copy or retell it."""
    places = PLACES + PLACES[:1] * (3 if NOW - week < timedelta(days=6) else 0)
    province, city, _ = chance.choices(places, [weight for _, _, weight in places])[0]
    headline, metric, sentence = chance.choice(THEMES)
    numbers = {"p": province, "c": city, "n": chance.randint(2, 60), "m": chance.randint(60, 900), "t": _total(province, week)}
    lines = [sentence.format(**numbers), *chance.sample(ENDS, 3)]
    title = f"{province}{city}：" + headline.format(**numbers)
    when = week - timedelta(minutes=chance.randint(0, 5 * 1440))
    names = chance.sample(list(SOURCES), chance.choice([1, 1, 1, 1, 2, 2, 3, 5]))
    first = _bring(db, rules, names[0], title, "\n".join(lines), when)
    if metric:
        _figure(db, first, metric, sentence.format(**numbers), numbers["t"] + chance.choice([0, 0, 2]), when)
    if len(names) == 1:
        if chance.random() < 0.06:
            _bring(db, rules, names[0], title, "\n".join([*lines, "（更正：上文数字以主管部门公布为准。）"]), when)
        return
    story = [first]
    for name in names[1:]:
        later = min(NOW, when + timedelta(minutes=chance.randint(20, 2000)))
        retold = chance.random() < 0.5
        text = "\n".join(lines[:-1] if retold else lines)
        story.append(_bring(db, rules, name, f"【转载】{title}" if retold else title, text, later))
    if len(set(story)) > 1:
        _story(db, sorted(set(story)), title, when)


def _total(province: str, week: datetime) -> int:
    """Totals that grow from month to month, the more in the larger places."""
    weight = next(weight for name, _, weight in PLACES if name == province)
    return 8 + 2 * weight + (WEEKS - (NOW - week).days // 7) // 4 * weight


def _bring(db: Database, rules: Rules, name: str, title: str, text: str, when: datetime) -> int:
    guid = f"{name}-{title}"
    item = Item(guid, f"https://example.org/{name}/{when:%Y%m%d%H%M}", title, text, None,
                None, SOURCES[name], when, "feed", when.isoformat())  # fmt: skip
    tagged = TaggedItem(item, guid, content_hash(title, text, when, item.url), tag(title, text, rules))
    items.apply(db, name, judge(tagged, items.known(db, name, tagged)), when + timedelta(minutes=7), first_poll=False)
    found = db.execute("SELECT item_id FROM sightings WHERE source_id = ? AND guid = ?", [name, guid]).fetchone()
    return int(found[0])


def _story(db: Database, members: list[int], title: str, when: datetime) -> None:
    marks = ", ".join("?" * len(members))
    seen = db.execute(
        f"SELECT min(seen_at), max(seen_at), count(DISTINCT source_id) FROM sightings WHERE item_id IN ({marks})", members
    ).fetchone()
    story = db.execute(
        "INSERT INTO stories (title, first_seen_at, last_seen_at, items, outlets) VALUES (?, ?, ?, ?, ?)",
        [title, seen[0], seen[1], len(members), seen[2]],
    ).lastrowid
    db.execute(f"UPDATE items SET story_id = ? WHERE id IN ({marks})", [story, *members])


def _figure(db: Database, item_id: int, metric: str, quote: str, value: int, when: datetime) -> None:
    region = db.execute(
        "SELECT region_code FROM item_regions WHERE item_id = ? AND role = 'primary' ORDER BY score DESC", [item_id]
    ).fetchone()
    month = when.astimezone(ZONE).strftime("%Y-%m")
    db.execute(
        "INSERT INTO figures (item_id, metric, value, unit, region_code, region_from, period_start, period_end,"
        " period_from, kind, metric_raw, quote, confidence) VALUES (?, ?, ?, ?, ?, 'sentence', ?, ?, 'published',"
        " 'actual', ?, ?, 0.8)",
        [item_id, metric, value, UNITS[metric], region[0] if region else None, f"{month}-01", f"{month}-28", metric, quote],
    )


def _polls(db: Database, chance: random.Random) -> None:
    for number, name in enumerate(SOURCES):
        for hours in range(0, 24 * 28, 4):
            failed = (name == "fiveg" and hours < 40) or chance.random() < 0.02
            outcome = "failed" if failed else chance.choice(["new", "unchanged", "unchanged"])
            db.execute(
                "INSERT INTO polls (source_id, started_at, duration_ms, outcome, http_status, bytes, entries, new_items,"
                " error_kind, error) VALUES (?, ?, ?, ?, ?, ?, 20, ?, ?, ?)",
                [name, to_text(NOW - timedelta(hours=hours, minutes=number)), chance.randint(80, 900), outcome,
                 503 if failed else 200, 0 if failed else 24_000, chance.randint(1, 3) if outcome == "new" else 0,
                 "http" if failed else None, "HTTP 503, try again later" if failed else None],
            )  # fmt: skip
        state, failures = {"fiveg": ("failing", 10), "delta": ("quiet", 0)}.get(name, ("ok", 0))
        silent = {"delta": 19, "fiveg": 2}.get(name, chance.random())
        db.execute(
            "UPDATE sources SET state = ?, failures = ?, last_polled_at = ?, last_success_at = ?, last_new_item_at = ?,"
            " last_error_kind = ?, last_error = ? WHERE id = ?",
            [state, failures, to_text(NOW), to_text(NOW - timedelta(hours=40 if failures else 0)),
             to_text(NOW - timedelta(days=silent)), "http" if failures else None,
             "HTTP 503, try again later" if failures else None, name],
        )  # fmt: skip


def _digest(db: Database) -> None:
    newest = [row[0] for row in db.execute("SELECT id FROM items ORDER BY published_at DESC LIMIT 12").fetchall()]
    digest = db.execute(
        "INSERT INTO digests (name, key, title, made_at, until, items) VALUES ('daily', 'daily:1', '工业互联网日报', ?, ?, 12)",
        [to_text(NOW), to_text(NOW)],
    ).lastrowid
    for position, item_id in enumerate(newest, 1):
        db.execute("INSERT INTO digest_items (digest_id, item_id, position) VALUES (?, ?, ?)", [digest, item_id, position])


def _source(name: str) -> Source:
    return Source(name, "feed", SOURCES[name], f"https://example.org/{name}.xml", ZONE)


if __name__ == "__main__":
    build(Path(sys.argv[1])).close()
