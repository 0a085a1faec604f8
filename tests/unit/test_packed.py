"""What a worker sends back arrives as it was."""

import pickle
from datetime import date

import pytest

from watcher.model import DocumentTag, Evidence, Figure, RegionTag, Tags, TopicTag

SHOWN = (Evidence("重庆", "title", 1), Evidence("渝中区", "body", 2))
VALUES: tuple[object, ...] = (
    Evidence("上云", "lead", 3),
    Tags("4:0", (TopicTag("core", "main", 5.0, SHOWN),), (RegionTag("500000", "primary", 9.0, SHOWN),)),
    DocumentTag("工业互联网行动计划", "行动计划", None, None),
    Figure(
        *(17.0, None, "个", None, None, "二级节点", "actual", None, None, None),
        *(None, date(2021, 4, 12), "sentence", None, 0.9, ("已建成17个二级节点",), ((3, 5, "value"),)),
    ),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_packed_value_comes_back_the_same(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
