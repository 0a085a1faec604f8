from hypothesis import given
from hypothesis import strategies as st

from watcher.tag import compile_rules, spans_of, survey, tags_of
from watcher.tag.rulebook import shipped
from watcher.text.marks import Mark, without_overlaps

RULES = compile_rules(shipped())


def spans(title: str, text: str) -> list[tuple[str, str, str]]:
    seen = survey(title, text, RULES)
    return [
        (mark.kind, seen.original[mark.start : mark.end], mark.label)
        for mark in spans_of(seen, tags_of(seen, RULES), RULES)
    ]


def test_spans_are_of_the_original_letters() -> None:
    found = spans(
        "重慶共建５Ｇ ＋ 工业互联网",
        "（记者刘一 武汉报道）两地印发《成渝地区工业互联网行动计划》，四川样例公司接入标识 解析二级节点。",
    )
    assert ("region", "重慶", "重庆市 · primary") in found
    assert ("topic", "５Ｇ ＋ 工业互联网", "5G+工业互联网 · main") in found
    assert ("region", "武汉", "武汉市 · dateline") in found
    assert ("policy", "《成渝地区工业互联网行动计划》", "成渝地区工业互联网行动计划") in found
    assert ("organisation", "四川样例公司", "四川样例公司 · company") in found
    assert ("region", "四川", "四川省 · org") in found
    assert ("topic", "标识 解析", "标识解析 · main") in found


def test_every_word_of_evidence_has_a_span() -> None:
    seen = survey("重庆标识解析", "川渝企业上云，接入二级节点。", RULES)
    tags = tags_of(seen, RULES)
    shown = {seen.original[mark.start : mark.end] for mark in spans_of(seen, tags, RULES)}
    assert {e.term for tag in (*tags.topics, *tags.regions) for e in tag.evidence} <= shown


@given(st.text(alphabet="重庆成都5G＋ 工业互联网、《》行动计划\n“”公司abc", max_size=80))
def test_spans_lie_within_any_text_in_order(text: str) -> None:
    seen = survey(text[:5], text, RULES)
    marks = spans_of(seen, tags_of(seen, RULES), RULES)
    assert marks == sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.kind, mark.label))
    assert all(0 <= mark.start < mark.end <= len(seen.original) for mark in marks)


def test_of_overlapping_marks_the_longest_of_the_first_is_shown() -> None:
    marks = [Mark(2, 4, "region", "b"), Mark(2, 8, "organisation", "a"), Mark(6, 9, "topic", "c")]
    assert without_overlaps(marks) == [Mark(2, 8, "organisation", "a")]
    joined = [Mark(0, 7, "topic", "d"), Mark(5, 9, "topic", "d"), Mark(9, 10, "topic", "e")]
    assert without_overlaps(joined) == [Mark(0, 9, "topic", "d"), Mark(9, 10, "topic", "e")]
