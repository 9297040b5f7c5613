"""The hexagon map: few nodes, honest classes, nothing finer than a cell."""

import re

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.web.hexmap import CLASS_COUNT, WIDTH, hexmap, thresholds

LILLE = h3.latlng_to_cell(50.6292, 3.0573, 7)
CELLS = sorted(h3.grid_disk(LILLE, 5))
COUNTS = st.dictionaries(st.sampled_from(CELLS), st.integers(0, 5000), min_size=1)


@given(COUNTS)
def test_each_cell_is_drawn_once_in_the_class_of_its_count(counts):
    view = hexmap(counts)

    assert sum(one.cell_count for one in view.classes) == len(counts)
    for one in view.classes:
        inside = [count for count in counts.values() if one.low <= count <= one.high]
        assert one.cell_count == len(inside) == one.path.count("z")


@given(COUNTS)
def test_there_is_at_most_one_path_per_class_and_one_class_for_nothing(counts):
    view = hexmap(counts)

    assert len(view.classes) <= CLASS_COUNT + 1
    assert (view.classes[0].low, view.classes[0].high) == (0, 0)


@given(COUNTS)
def test_every_corner_lies_inside_the_view_box_with_one_decimal(counts):
    view = hexmap(counts)

    for one in view.classes:
        corners = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", one.path)
        assert all(re.fullmatch(r"\d+\.\d", number) for corner in corners for number in corner)
        assert all(0 <= float(x) <= WIDTH for x, _ in corners)
        assert all(0 <= float(y) <= view.height for _, y in corners)


@given(st.lists(st.integers(0, 10**6), max_size=200))
def test_thresholds_grow_from_one_to_the_largest_count(counts):
    lows = thresholds(counts)

    assert lows == sorted(set(lows))
    assert len(lows) <= CLASS_COUNT
    if max(counts, default=0) > 0:
        assert lows[0] == 1
        assert lows[-1] <= max(counts)


def test_the_map_of_a_territory_weighs_less_than_sixteen_kilobytes():
    view = hexmap({cell: index % 40 for index, cell in enumerate(CELLS)})

    assert sum(len(one.path) for one in view.classes) < 16 * 1024


def test_a_lone_cell_is_drawn_as_one_hexagon():
    view = hexmap({LILLE: 3})

    assert [one.path.count("L") for one in view.classes if one.path] == [5]


def test_no_cell_gives_an_empty_map():
    view = hexmap({})

    assert (view.cell_count, view.total) == (0, 0)
    assert all(one.path == "" for one in view.classes)


@pytest.mark.parametrize("counts", [{LILLE: -1}, {"nowhere": 1}])
def test_a_negative_count_or_an_unknown_cell_is_a_bug(counts):
    with pytest.raises(ValueError, match=r"cell|count"):
        hexmap(counts)
