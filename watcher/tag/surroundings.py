"""What the characters around a name tell of it: tests only, places.py draws the conclusion."""

import re

# Official names that run into the next word: 城关区块链, 合作市场, 市中区域.
_RUNS_ON = {"区": "域块间位别划隔分", "市": "场值占面容", "县": "域"}
_STREET = re.compile(r"[东西南北中]{0,2}(?:[一二三四五六七八九十]?路(?![径线网段面口况演过桥])|大道|大街)")
_LINE = re.compile(r"(?:中线|双线)?(?:铁路|高铁|高速|公路|高原|动车|城际|线(?!上|下))")
_LANDSCAPE = re.compile(
    r"大?(?:荒漠|大漠|荒原|草原|高原|山区|沿岸|边缘|海域|水域|洋面|太平洋|大西洋|印度洋|平原|沙漠|丘陵)"
    r"|[风方角侧向隅偏坡岸亚非欧缘局]|部(?!地区)"
)
_WHOLE = frozenset("国洲省市县州岛山区城湾亚美欧非带域部盟疆陆东西南北中球")
# One letter for a province and a direction is a part of that province: 辽西北, 豫东南.
_PROVINCE = frozenset("京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔滇藏陕甘青宁新疆")
# 常委李长春, 、刘辽宁: a surname that begins a clause or stands behind a title, then two letters of a place.
_SURNAMED = re.compile(
    r"(?:^|[,，。、;；:：!?\n(（]|[长员任师授士理记席者委民])"
    r"[李王张刘陈杨赵吴徐孙胡朱郭罗梁宋郑谢唐冯董萧曹袁邓傅曾彭吕卢蒋蔡贾魏薛阎潘杜姚谭廖邹熊郝崔邱侯邵孟钱乔贺赖龚]$"
)
_LOCATIVE = re.compile(
    r"(?:[在于到赴从往]|来到|走进|落户|地处|抵达|位于|前往|来自|选址|走访|奔赴|[,，。、:：(（\n]|^)$"
)
_AFTERWARDS = re.compile(r"[,，。、;；:：的等和与及一这某举召调考视开有当今也是()（）\n市县区镇乡村]|$")
_SENTENCE = re.compile(r"[。！？；\n]")


def is_another_word(text: str, end: int) -> bool:
    """The name is the beginning of another word: 合作市场, 焦作舰, 南京东路 (but not 上海路演)."""
    after = text[end : end + 1]
    if after == "舰" or (after and after in _RUNS_ON.get(text[end - 1], "")):
        return True
    return _STREET.match(text, end) is not None


def is_line(text: str, end: int) -> bool:
    """京沪高铁 and 成渝高速 are lines, not news of the places they join."""
    return _LINE.match(text, end) is not None


def is_landscape(text: str, end: int) -> bool:
    """西部大漠, 东北风 and 西南角 are directions, no regions."""
    return _LANDSCAPE.match(text, end) is not None


def has_whole(text: str, start: int) -> bool:
    """A direction says a part of what stands before it: 北美洲西北, 园区东部, 辽西北."""
    return start > 0 and (text[start - 1] in _WHOLE or text[start - 1] in _PROVINCE)


def is_given_name(text: str, start: int, end: int) -> bool:
    """The two letters are somebody's given name: 李长春; not 李先生在长春."""
    return end - start == 2 and _SURNAMED.search(text, max(0, start - 2), start) is not None


def is_located(text: str, start: int, end: int) -> bool:
    """The name stands where places do: 在定襄的, 位于余杭, 走进萧山."""
    before = _LOCATIVE.search(text, max(0, start - 2), start)
    return before is not None and _AFTERWARDS.match(text, end) is not None


def in_one_sentence(text: str, start: int, end: int) -> bool:
    """No sentence ends between the two positions."""
    return _SENTENCE.search(text, start, end) is None
