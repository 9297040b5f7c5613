"""Drawings say exactly what their figures say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.web import charts
from essaim.web.charts import SCALE, Share

CENTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


def bar_of(amounts: list[int]) -> charts.Bar:
    return charts.money_bar([Share(f"part {i}", cents) for i, cents in enumerate(amounts)])


@given(CENTS.filter(any))
def test_the_parts_of_a_money_bar_fill_it_exactly(amounts):
    bar = bar_of(amounts)

    assert sum(part.width for part in bar.segments) == SCALE
    assert sum(part.percent for part in bar.segments) == 100
    assert bar.total == sum(amounts)
    assert [part.amount for part in bar.segments] == amounts


@given(CENTS)
def test_each_part_begins_where_the_one_before_ends(amounts):
    end = 0

    for part in bar_of(amounts).segments:
        assert part.x == end
        end += part.width


@given(CENTS.filter(any))
def test_a_part_is_never_drawn_a_thousandth_too_long_or_too_short(amounts):
    total = sum(amounts)

    for part in bar_of(amounts).segments:
        assert abs(part.width - part.amount * SCALE / total) < 1


def test_nothing_to_share_draws_an_empty_bar():
    bar = bar_of([0, 0])

    assert [part.width for part in bar.segments] == [0, 0]
    assert bar.cuts == ()


def test_a_negative_share_is_a_bug():
    with pytest.raises(ValueError, match="-1"):
        bar_of([5, -1])


def test_a_share_without_a_colour_takes_the_next_one():
    bar = charts.money_bar([Share("farm", 80), Share("hub", 20, "lavender")])

    assert [part.tone for part in bar.segments] == [charts.TONES[0], "lavender"]


@given(st.lists(st.tuples(st.text(), st.integers(0, 10**9), st.text()), max_size=9))
def test_the_longest_bar_fills_its_line_and_none_is_longer(rows):
    widths = [row.width for row in charts.bars(rows)]

    assert all(0 <= width <= SCALE for width in widths)
    assert not any(value for _, value, _ in rows) or max(widths) == SCALE


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30))
def test_a_curve_stays_in_its_box(values):
    points = [(str(i), value) for i, value in enumerate(values)]

    view = charts.line(points, y_labels=["0", "100"], y_max=100)

    numbers = [float(n) for n in re.findall(r"[\d.]+", view.path)]
    assert len(numbers) == 2 * len(values)
    assert all(0 <= x <= 1000 for x in numbers[::2])
    assert all(0 <= y <= 400 for y in numbers[1::2])


@pytest.mark.parametrize("points", [[("one", 1.0)], [("a", 1.0), ("b", 101.0)]])
def test_a_curve_needs_two_points_inside_its_box(points):
    with pytest.raises(ValueError, match="points"):
        charts.line(points, y_labels=["0", "100"], y_max=100)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any))
def test_a_waffle_has_a_hundred_squares_one_path_per_colour(amounts):
    parts = [(f"part {i}", amount, "honey") for i, amount in enumerate(amounts)]

    classes = charts.waffle(parts)

    assert sum(one.squares for one in classes) == 100
    assert [one.path.count("M") for one in classes] == [one.squares for one in classes]
