"""The marked text of an item page: nothing is lost, nothing overlaps, changes lead from old to new."""

from hypothesis import given
from hypothesis import strategies as st

from watcher.inspect.marking import Change, Mark, Piece, changes, marks_of, paragraphs, pieces

TEXT = "四川长虹在重庆投产。\n标识解析二级节点达到42个。"


def test_the_longest_tag_is_shown() -> None:
    marks = [*marks_of(TEXT, "region", "四川 · org", [{"term": "四川"}]),
             *marks_of(TEXT, "org", "四川长虹", [{"term": "四川长虹"}]),
             *marks_of(TEXT, "region", "重庆 · primary", [{"term": "重庆"}])]  # fmt: skip
    shown = [(piece.text, piece.kinds, piece.label) for piece in pieces(TEXT, marks, {}) if piece.kinds]
    assert shown == [("四川长虹", ("org",), "四川长虹"), ("重庆", ("region",), "重庆 · primary")]


def test_tags_of_one_kind_that_overlap_become_one() -> None:
    text = "工业互联网标识解析体系"
    marks = marks_of(text, "topic", "标识解析", [{"term": "工业互联网标识"}]) + marks_of(
        text, "topic", "标识解析", [{"term": "标识解析"}]
    )
    assert [piece.text for piece in pieces(text, marks, {}) if piece.kinds] == ["工业互联网标识解析"]


def test_a_source_is_no_word_of_the_text() -> None:
    assert marks_of(TEXT, "region", "x", [{"term": "重庆", "where": "source"}]) == []


def test_a_figure_lies_under_the_words_of_its_sentence() -> None:
    marks = marks_of(TEXT, "topic", "标识解析", [{"term": "二级节点"}])
    found = pieces(TEXT, marks, {9: "标识解析二级节点达到42个。", 10: "不在文中"})
    assert [(p.text, p.kinds, p.figure) for p in found if p.kinds] == [
        ("标识解析", ("figure",), 9),
        ("二级节点", ("topic", "figure"), None),
        ("达到42个。", ("figure",), None),
    ]
    assert [[p.text for p in line] for line in paragraphs(found)] == [
        ["四川长虹在重庆投产。"],
        ["标识解析", "二级节点", "达到42个。"],
    ]


def test_a_piece_over_two_lines_is_divided_and_named_once() -> None:
    assert paragraphs([Piece("一\n二", ("figure",), None, 3)]) == [
        [Piece("一", ("figure",), None, 3)],
        [Piece("二", ("figure",), None, None)],
    ]


def test_changes_are_told_apart() -> None:
    assert changes("一。已有20个节点。", "一。已有35个节点。") == [
        [Change("same", "已有"), Change("del", "20"), Change("ins", "35"), Change("same", "个节点。")]
    ]
    assert changes("同", "同") == []


marks = st.builds(
    Mark, st.integers(0, 30), st.integers(0, 30), st.sampled_from(["topic", "region"]), st.just("x")
)


@given(st.text(max_size=30), st.lists(marks, max_size=6), st.lists(st.text(max_size=4), max_size=3))
def test_no_letter_is_lost(text: str, found: list[Mark], quotes: list[str]) -> None:
    inside = [mark for mark in found if mark.start < mark.end <= len(text)]
    cut = pieces(text, inside, dict(enumerate(quotes)))
    assert "".join(piece.text for piece in cut) == text
    assert "".join(p.text for line in paragraphs(cut) for p in line) == text.replace("\n", "")
