"""Renders invented digests and photographs them with headless Chromium, to be looked at by eye.

    python tools/shoot_digest.py OUT_DIR [--only 3] [--keep-html]

Makes digests of 0, 3, 30 and 60 items, each at 375 and 1200 px, light and dark: 16 PNG files. Those of
docs/digest/ are `--only 0`, 3 and 60, in 160 colours.

    python tools/shoot_digest.py --page FILE.html PICTURE.png

photographs the top of a finished page at 1000 px, as docs/digest.png shows that of the sample posts.
Needs `chromium`, Pillow and a Chinese font on the machine; nothing is fetched.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image

from watcher.digest.render import render
from watcher.digest.select import select
from watcher.model import (
    Background,
    Digest,
    DigestSpec,
    Figure,
    Labels,
    Region,
    RegionTag,
    StoredItem,
    TopicTag,
)

UNTIL = datetime(2022, 2, 23, 0, 0, tzinfo=UTC)
SIZES = (0, 3, 30, 60)
WIDTHS = {375: 1500, 1200: 1300}  # window width: height
COLOURS = 160  # flat surfaces and text need no more, and a picture shrinks to a quarter

REGIONS = (
    Region("500000", "重庆市", "重庆", "province"),
    Region("510000", "四川省", "四川", "province"),
    Region("510100", "成都市", "成都", "city", "510000"),
    Region("510700", "绵阳市", "绵阳", "city", "510000"),
    Region("420000", "湖北省", "湖北", "province"),
    Region("420100", "武汉市", "武汉", "city", "420000"),
    Region("430000", "湖南省", "湖南", "province"),
    Region("430100", "长沙市", "长沙", "city", "430000"),
    Region("CN", "全国", "全国", "country"),
    Region("成渝地区", "成渝地区", "成渝", "cluster", members=("500000", "510000")),
    Region("两江新区", "两江新区", "两江新区", "zone", "500000"),
)
LABELS = Labels(
    topics={
        "identifier": "标识解析",
        "platform": "工业互联网平台",
        "cloudification": "上云上平台",
        "fiveg": "5G+工业互联网",
        "park": "园区与集群",
        "smart": "智能制造",
        "security": "安全",
        "policy": "政策",
        "pilot": "试点示范",
    },
    regions={region.code: region for region in REGIONS},
    sources={"seeds": "文件夹 样例", "rss": "工信要闻"},
)
# (title, text, outlet, regions best first, topics best first, other outlets)
ARTICLES: tuple[tuple[str, str, str, tuple[str, ...], tuple[str, ...], int], ...] = (
    (
        "两江新区新增三个标识解析二级节点 汽车零部件企业接入过千家",
        (
            "本报讯（记者 周宁）两江新区近日有三个工业互联网标识解析二级节点上线试运行，"
            "覆盖汽车零部件、智能仪表和医药包装三个行业，已接入企业一千二百余家，月均解析量突破八百万次。"
        ),
        "山城工业报",
        ("两江新区", "500000"),
        ("identifier", "platform", "park"),
        3,
    ),
    (
        "川渝共建产业互联网公共服务平台 首批 26 项服务互认",
        "两地经信部门日前签署协议，首批 26 项企业上云服务实现互认；企业在一地完成诊断，另一地直接采信结果。",
        "西部经济观察",
        ("成渝地区", "500000", "510100"),
        ("cloudification", "platform", "policy"),
        5,
    ),
    (
        "武汉：到今年底建成 5G 全连接工厂 40 家",
        "武汉市经信局提出，到今年底全市累计建成 5G 全连接工厂 40 家，培育省级以上工业互联网平台 15 个。",
        "江城晚报",
        ("420100",),
        ("fiveg", "smart"),
        0,
    ),
    (
        "成都一家泵阀厂的“数字孪生”账本：停机少了四成，图纸不再用 U 盘传",
        (
            "走进车间，最先看到的是一块实时跳动的大屏。过去一年，这家有三百名员工的企业把 86 台设备接入平台，"
            "非计划停机时间下降 41%，交货周期由 23 天缩短到 15 天，"
            "而最让老师傅意外的，是图纸终于不用再拿 U 盘传来传去了。"
        ),
        "蓉城制造周刊",
        ("510100",),
        ("smart", "cloudification"),
        1,
    ),
    (
        "Edge computing in Hunan's construction machinery: a field report",
        (
            "Three plants in Changsha have moved vibration analysis from the cloud to the shop floor. "
            "Latency fell from 180 ms to 12 ms, according to the operators, and bandwidth cost by two thirds."
        ),
        "Industry Notes",
        ("430100",),
        ("fiveg", "smart", "platform", "security", "pilot"),
        0,
    ),
    (
        "工业互联网安全分类分级管理试点扩至 12 个省份",
        "试点将覆盖联网工业企业、平台企业和标识解析企业三类主体，要求年内完成自主定级与备案，并对三级企业开展一次实战演练。",
        "网络安全简报",
        ("CN",),
        ("security", "pilot", "policy"),
        8,
    ),
    (
        "绵阳出台十条措施支持中小企业上平台，单户最高补助 50 万元",
        "措施明确，对首次购买云化研发设计服务的中小企业，按合同额的三成给予补助，单户最高 50 万元。",
        "涪江日报",
        ("510700",),
        ("policy", "cloudification"),
        0,
    ),
)


def stated(metric: str, value: float, unit: str, region: str, approx: Any = None) -> Figure:
    """A figure as an article of the day states it."""
    return Figure(
        value=value,
        value_max=None,
        unit=unit,
        approx=approx,
        metric=metric,
        metric_raw=metric,
        kind="actual",
        region_code=region,
        region_from="sentence",
        organisation=None,
        period_start=None,
        period_end=UNTIL.date(),
        period_from="published",
        base_period=None,
        confidence=0.9,
        quotes=("",),
    )


FIGURES = {
    0: (
        stated("标识解析二级节点", 3, "个", "两江新区"),
        stated("接入标识解析的企业", 1_200, "家", "两江新区", ">"),
        stated("月均解析量", 8_000_000, "次", "两江新区", ">"),
    ),
    2: (stated("5G 全连接工厂", 40, "家", "420100"), stated("工业互联网平台", 15, "个", "420000")),
}


def items(number: int) -> list[StoredItem]:
    """So many invented articles: the templates above again and again, with other numbers."""
    made = []
    for index in range(number):
        title, text, outlet, regions, topics, others = ARTICLES[index % len(ARTICLES)]
        again = index // len(ARTICLES)
        made.append(
            StoredItem(
                id=1871 + index,
                title=title if not again else f"{title}（之{again + 1}）",
                url=None
                if index == 5
                else f"https://news.example.cn/2022/02/{index:05d}/article.html?from=rss",
                outlet=outlet,
                author=None,
                text=f"{title}\n{text}",
                published_at=UNTIL - timedelta(minutes=19 * index + 13),
                published_from="feed",
                first_seen_at=UNTIL - timedelta(minutes=60 * index),
                topics=tuple(TopicTag(t, "main", 9.0 - n, ()) for n, t in enumerate(topics)),
                regions=tuple(RegionTag(r, "primary", 20.0 - n, ()) for n, r in enumerate(regions)),
                source_ids=("seeds",) if index % 2 else ("rss", "seeds"),
                other_outlets=others,
                figures=FIGURES.get(index % len(ARTICLES), ()),
            )
        )
    return made


def quiet_days() -> Background:
    """Four weeks before: one article of the first templates in turn every day, two on some."""
    earlier = [
        replace(found, id=found.id + 10_000 * day, published_at=UNTIL - timedelta(days=day, hours=1))
        for day in range(1, 29)
        for found in items(7)[day % 3 : day % 3 + 3]
    ]
    return Background(timedelta(days=1), tuple(earlier), UNTIL - timedelta(days=60))


def digest(number: int) -> Digest:
    """A digest of so many items, at most 60, out of a few more."""
    zone = ZoneInfo("Asia/Shanghai")
    spec = DigestSpec("daily", "工业互联网日报", "0 8 * * *", zone, browse="http://127.0.0.1:8001")
    found = items(number + (14 if number >= 60 else 0))
    since = UNTIL - timedelta(days=1)
    made = select(found, spec, LABELS, UNTIL, since, UNTIL, quiet_days())
    news = (
        ("数字变化", "成渝标识解析二级节点 ≥20 个，2021-04 为 17 个"),
        ("口径不一", "重庆覆盖的工业大类：39 个（新工业洞察 2021-07-30） 31 个（每日经济新闻 2021-05-10）"),
    )
    return replace(made, news=news) if number >= 60 else made


def shoot(page: Path, picture: Path, wide: int, *, dark: bool) -> None:
    """Photographs a local page."""
    # Headless Chromium will not make a window narrower than 500 px: a narrow page stands in a frame.
    frame = page.with_suffix(f".{wide}.frame.html")
    frame.write_text(
        f'<body style="margin:0;background:#888"><iframe src="{page.name}" width="{wide}" '
        f'height="{WIDTHS[wide]}" style="border:0;display:block"></iframe>'
    )
    with tempfile.TemporaryDirectory() as profile:
        command: Sequence[str] = (
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
            f"--user-data-dir={profile}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            f"--window-size={max(wide, 500)},{WIDTHS[wide]}",
            f"--screenshot={picture.resolve()}",
            frame.resolve().as_uri(),
        )
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    frame.unlink()
    thin(picture, wide)


def thin(picture: Path, wide: int) -> None:
    """Only the page, in fewer colours, without the speckles of dithering."""
    with Image.open(picture) as whole:
        page = whole.convert("RGB").crop((0, 0, wide, whole.height))
        small = page.quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(picture, optimize=True)


def main() -> None:
    """Makes all pictures, or those of one size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("out", type=Path)
    parser.add_argument("--page", type=Path, metavar="FILE")
    parser.add_argument("--only", type=int, choices=SIZES)
    parser.add_argument("--keep-html", action="store_true")
    options = parser.parse_args()
    if not shutil.which("chromium"):
        parser.error("chromium is not installed")
    if options.page:
        WIDTHS[1000] = 980
        shoot(options.page, options.out, 1000, dark=False)
        return
    options.out.mkdir(parents=True, exist_ok=True)
    for size in SIZES if options.only is None else (options.only,):
        made = render(digest(size), "html")
        page = options.out / f"digest-{size}.html"
        page.write_bytes(made.body)
        for wide in WIDTHS:
            for dark in (False, True):
                picture = options.out / f"digest-{size}-{wide}-{'dark' if dark else 'light'}.png"
                shoot(page, picture, wide, dark=dark)
                print(picture, f"{len(made.body):,} bytes of html")
        if not options.keep_html:
            page.unlink()


if __name__ == "__main__":
    main()
