"""What can be counted or measured, as data: units by kind, and the words in which their letters mean something else.

A unit is written as people write it; a longer one wins over a shorter (个百分点 over 个).
"""

import re

MONEY = "元 美元 欧元 港元 日元 英镑 卢布 韩元 块钱".split()
SHARE = "% ‰ 个百分点 个基点 倍 成".split()
COUNTERS = (
    "个 个人 家 项 户 次 条 件 种 类 款 座 只 头 辆 部 架 艘 颗 枚 支 名 位 人 所 处 间 份 篇 场 批 块 片 根 双 本 册 张 例 "
    "起 宗 笔 单 列 趟 班 株 棵 套 台 台(套) 台套 部(件) 台/套 人次 户次 架次 车次 班次 艘次 人份 对(双) 标箱 箱 用户 桶 盒 幅 尊 "
    "标准箱 标准机架 机架 机柜 点位 床 孔 道 门 组 地 市 省 县 村 镇 国 州 亿件"
).split()  # fmt: skip
MEASURES = (
    "公里 千米 米 厘米 毫米 微米 纳米 海里 平方公里 平方千米 平方米 平米 亩 公顷 立方米 方 吨 公斤 千克 斤 克 升 毫升 吨标准煤 千瓦时 "
    "千瓦 兆瓦 吉瓦 瓦 度 摄氏度 ℃ 兆 比特 字节 伏 千伏 安时 牛 kb mb gb tb pb eb zb kwh mwh gwh twh kw mw gw tw gbps mbps tbps kbps "
    "flops eflops pflops tflops km kg cm mm nm um hz khz mhz ghz ㎡ 公升"
).split()  # fmt: skip
TIME = "年 个月 个星期 个工作日 天 个小时 小时 分钟 秒钟 秒 毫秒 微秒 周".split()

# One letter of a unit that here begins another word: 人工智能, 部门, 位于, 次年.
_NOT_BEFORE = {
    "人": "工民大才均机形类士造文", "部": "门委分长署队位", "位": "于居列次置", "次": "年级日元生要", "个": "月所税体性性别", "家": "庭乡长园具电居",
    "台": "风湾州阶账", "条": "例码", "种": "植子业", "名": "录列校为义", "所": "以有在需谓", "座": "谈", "头": "部条版", "元": "旦宵宇素器",
    "批": "复准示量发", "本": "报次市地省月年土", "处": "于理", "类": "型似", "份": "额", "门": "户峡头", "地": "区方级震铁面处带块理域",
    "市": "场值民区县级域长委政占", "个人": "所税信体数化", "国": "家际企有产", "省": "级份会委去政", "县": "级域", "村": "庄民级", "州": "市", "道": "路德", "件": "套",
    "单": "位价一个独", "起": "来步点到", "支": "持撑付", "场": "景所地", "块": "链", "片": "区", "组": "织成建合", "根": "据本", "对": "", "方": "面案式向法",
    "升": "级至到", "米": "兰其", "克": "服", "门": "类户", "倍": "增", "成": "为本立果都熟功效长员就交就套", "双": "碳方向创", "列": "入为举", "班": "子组",
    "兆": "级", "年": "", "箱": "", "亩": "", "孔": "子", "床": "", "套": "餐用", "户": "外籍", "例": "如外会行", "篇": "章", "间": "接隔", "笔": "记", "项": "目",
    "州": "市", "镇": "级", "周": "年边期一二三四五六日岁", "天": "然津空", "秒": "", "牛": "", "安时": "", "度": "",
}  # fmt: skip
# A place or a meaning without which the letter counts nothing: 3度电, but not 360度.
_ONLY_BEFORE = {"度": "电", "方": "水土", "地": "", "道": "工题菜"}

_ALL = sorted({*MONEY, *SHARE, *COUNTERS, *MEASURES, *TIME}, key=lambda unit: (-len(unit), unit))


def _pattern(unit: str) -> str:
    escaped = re.escape(unit)
    if unit.isascii() and unit.isalpha():
        return rf"{escaped}(?![a-z0-9])"
    if only := _ONLY_BEFORE.get(unit):
        return rf"{escaped}(?=[{only}])"
    if taken := _NOT_BEFORE.get(unit):
        return rf"{escaped}(?![{taken}])"
    return escaped


UNIT = "(?:" + "|".join(map(_pattern, _ALL)) + ")"
_SAME = {
    "块钱": "元",
    "平米": "平方米",
    "千米": "公里",
    "台/套": "台(套)",
    "部/件": "部(件)",
    "成": "%",
    "个人": "人",
}


def usual(unit: str) -> str:
    """The unit's one spelling: 平米 is 平方米, 块钱 is 元."""
    return _SAME.get(unit, unit)
