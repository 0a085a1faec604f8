"""A database of made-up news to look at: sixteen weeks, eight sources, copies, edits, figures, failures.

    python -m bench.browser.demo demo.db

Everything is invented and the same at each run (seed 5). The posts go through the program's own
pipeline, so that tags, stories, figures and revisions are what it makes of them.
"""

# ruff: noqa: E501  (sentences and SQL read better whole)

import random
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from watcher.dedupe import judge
from watcher.model import RawDocument, Source
from watcher.pipeline import Reading, read
from watcher.store import figures, items, sources, stories, tags
from watcher.store.open import open_store, transaction
from watcher.store.times import to_text
from watcher.tag import Rules, compile_rules
from watcher.tag.rulebook import shipped
from watcher.text.boilerplate import shipped as boilerplate

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
    ("标识解析二级节点建设提速，接入企业{m}家",
     "截至{y}年{k}月底，{p}{c}已建成标识解析二级节点{t}个，接入企业{m}家，日均解析量稳步上升。"),
    ("企业“上云”再提速，服务券发放{m}份",
     "截至{y}年{k}月底，{p}{c}上云企业达到{t}00家，今年发放服务券{m}份，中小企业用云成本降了两成。"),
    ("“5G+工业互联网”走进{m}个车间",
     "截至{y}年{k}月底，{p}{c}累计建成5G基站{t}000个，机器视觉质检、远程控制等场景走进{m}个车间。"),
    ("工业互联网平台赋能产业集群",
     "目前，{p}{c}的工业互联网平台连接设备{t}万台，产业集群里的{m}家工厂共享订单和产能。"),
    ("智能工厂梯度培育名单公布，{n}家入选",
     "{p}{c}公布智能工厂梯度培育名单，{n}家企业入选，智能制造能力成熟度评估覆盖{m}家。"),
    ("工业互联网安全分类分级管理试点启动",
     "{p}{c}启动工业互联网安全分类分级管理试点，{n}家联网企业参加，态势感知平台监测设备{m}台。"),
]  # fmt: skip
WHO = [
    "一家齿轮厂",
    "园区管委会",
    "当地链主企业",
    "一名车间主任",
    "市级主管部门",
    "平台运营方",
    "高校课题组",
    "配套小厂的老板",
    "行业协会",
    "设备服务商",
]
SAID = [
    "算过账",
    "介绍说",
    "在现场演示了新的流程",
    "给出了这样的数字",
    "谈到了下一步打算",
    "坦言起初并不看好",
    "列出三项变化",
    "把经验写成了手册",
]
WHAT = [
    "返修率降了{a}个百分点",
    "交货期缩短{a}天",
    "停机时间少了{a}小时",
    "库存压减{a}成",
    "设备综合效率提高{a}%",
    "能耗每吨少{a}度",
    "报价由{a}天变成当天",
]
HOW = [
    "靠的是把数据接到一处",
    "先从最旧的机床改起",
    "没有换一台新设备",
    "由平台统一派单",
    "用的是园区共享的算力",
    "三班都学会了看板",
    "订单一到就自动排产",
    "供应商也在同一张网上",
]
THEN = [
    "下一步要覆盖全部产线",
    "明年会向上下游开放",
    "还要探索数据“可用不可见”",
    "计划把做法带到邻近的区县",
    "仍有一半小厂在观望",
    "人才不够是眼下的难处",
    "资金由贴息贷款解决",
]


def build(path: Path) -> Database:
    """Make the database; the file must not be there yet."""
    chance, rules = random.Random(5), compile_rules(shipped())
    db = open_store(path)
    with transaction(db):
        tags.save_taxonomy(db, rules.topics, rules.atlas.regions, rules.hash)
        figures.save_metrics(db, rules.book.metrics)
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
    province, city, weight = chance.choices(places, [weight for _, _, weight in places])[0]
    headline, sentence = chance.choice(THEMES)
    when = week - timedelta(minutes=chance.randint(0, 5 * 1440))
    last_month = when.replace(day=1) - timedelta(days=1)
    total = 8 + 2 * weight + (WEEKS - (NOW - week).days // 7) // 4 * weight + chance.choice([0, 0, 0, 0, 3])
    numbers = {"p": province, "c": city, "n": chance.randint(2, 60), "m": chance.randint(60, 900), "t": total,
               "y": last_month.year, "k": last_month.month}  # fmt: skip
    lines = [sentence.format(**numbers), *(_aside(chance) for _ in range(5))]
    title = f"{province}{city}：" + headline.format(**numbers)
    names = chance.sample(list(SOURCES), chance.choice([1, 1, 1, 1, 1, 2, 2, 3, 4, 6]))
    _bring(db, rules, names[0], title, lines, when)
    if len(names) == 1 and chance.random() < 0.06:
        _bring(db, rules, names[0], title, [*lines, "更正：上文的数字以主管部门公布的为准。"], when)
    for name in names[1:]:
        later = min(NOW, when + timedelta(minutes=chance.randint(20, 2000)))
        retold = chance.random() < 0.5
        _bring(
            db, rules, name, f"【转载】{title}" if retold else title, lines[:-1] if retold else lines, later
        )


def _aside(chance: random.Random) -> str:
    what = chance.choice(WHAT).format(a=chance.randint(2, 40))
    return f"{chance.choice(WHO)}{chance.choice(SAID)}：{what}，{chance.choice(HOW)}，{chance.choice(THEN)}。"


def _bring(db: Database, rules: Rules, name: str, title: str, lines: list[str], when: datetime) -> None:
    """One source publishes one post; the pipeline and the store do the rest, as in a poll."""
    address = f"https://example.org/{name}/{when:%Y%m%d%H%M}"
    head = f"---\ntitle: {title}\ndate: {when:%Y-%m-%d %H:%M:%S} +0000\nlink: {address}\n---\n"
    body = head + "\n\n".join([f"来源：{SOURCES[name]}", *lines]) + "\n"
    post = RawDocument(
        name, f"{address[-12:]}-{zlib.crc32(title.encode())}.md", body.encode(), when + timedelta(minutes=7)
    )
    reading = read(post, _source(name), rules, boilerplate())
    assert isinstance(reading, Reading)
    for item in reading.items:
        verdict = judge(item, items.known(db, name, item))
        item_id = items.apply(db, name, verdict, post.fetched_at, first_poll=False)
        stories.regroup(db, {item_id} if item_id else ())


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
    newest = [
        row[0] for row in db.execute("SELECT id FROM items ORDER BY published_at DESC LIMIT 12").fetchall()
    ]
    digest = db.execute(
        "INSERT INTO digests (name, key, title, made_at, until, items) VALUES ('daily', 'daily:1', '工业互联网日报', ?, ?, 12)",
        [to_text(NOW), to_text(NOW)],
    ).lastrowid
    for position, item_id in enumerate(newest, 1):
        db.execute(
            "INSERT INTO digest_items (digest_id, item_id, position) VALUES (?, ?, ?)",
            [digest, item_id, position],
        )


def _source(name: str) -> Source:
    return Source(name, "folder", SOURCES[name], f"/var/lib/watcher/{name}", ZONE)


if __name__ == "__main__":
    build(Path(sys.argv[1])).close()
