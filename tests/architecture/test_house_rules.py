"""House rules that no linter knows: they hold everywhere, and each complains about a bad sample."""

import pytest

from tests.architecture import house, house_rules


def test_the_whole_house_keeps_its_rules():
    found = []
    for path in house.sources():
        parts = path.relative_to(house.PACKAGE).with_suffix("").parts
        found += house_rules.violations(path.read_text(encoding="utf-8"), parts)

    house.expect_nothing(found)


BAD = [
    (house_rules.SAVE, "actions", "def f(trip):\n    trip.seats = 1\n    trip.save()"),
    (house_rules.SAVE, "models", "def f(self):\n    self.save(using='default')"),
    (house_rules.FIRST, "queries", "def f():\n    return Trip.objects.filter(a=1).first()"),
    (
        house_rules.FIRST,
        "queries",
        "def f():\n    rows = Trip.objects.all()\n    return rows.first()",
    ),
    (house_rules.CREATE, "views", "def f():\n    Trip.objects.create(a=1)"),
    (house_rules.CREATE, "tasks", "def f():\n    Trip.objects.select_related().get_or_create(a=1)"),
    (house_rules.CLOCK, "actions", "def f():\n    return timezone.now()"),
    (house_rules.CLOCK, "queries", "def f():\n    return datetime.datetime.now(UTC)"),
    (house_rules.CLOCK, "policies", "def f():\n    return clock.now()"),
    (house_rules.CLOCK, "models", "def f():\n    return date.today()"),
    (house_rules.PURE, "rules", "def f():\n    print('hello')"),
    (house_rules.PURE, "rules", "import random"),
    (house_rules.PURE, "rules", "from pathlib import Path"),
]

GOOD = [
    ("actions", "def f(trip):\n    trip.save(update_fields=['seats'])"),
    ("actions", "def f():\n    trip = Trip(seats=1)\n    trip.save()"),
    ("models", "def f(self):\n    member = self.model()\n    member.save(using=self._db)"),
    ("views", "def f(form):\n    return form.save()"),
    ("actions", "def f(image, file):\n    image.save(file, format='WEBP')"),
    ("queries", "def f():\n    return Trip.objects.filter(a=1).order_by('pk').first()"),
    (
        "queries",
        "def f():\n    rows = Trip.objects.order_by('pk')\n    return rows.filter(a=1).first()",
    ),
    ("actions", "def f():\n    Trip.objects.create(a=1)"),
    ("views", "def f():\n    return take(now=clock.now())"),
    ("queries", "def f(at):\n    return timezone.localtime(at)"),
    ("models", "joined_at = DateTimeField(default=now)"),
    ("rules", "from datetime import datetime\ndef f(start):\n    return datetime(2026, 1, 1)"),
]


@pytest.mark.parametrize(("message", "file", "source"), BAD)
def test_a_bad_sample_is_reported_once_with_its_lesson(message, file, source):
    found = house_rules.violations(source, ("trades", "carpool", file))

    assert {line.split(": ", 1)[1] for line in found if message in line} == {message}


@pytest.mark.parametrize(("file", "source"), GOOD)
def test_a_good_sample_is_left_in_peace(file, source):
    assert house_rules.violations(source, ("trades", "carpool", file)) == []


def test_tests_may_make_rows_and_read_the_clock():
    source = "def f():\n    Trip.objects.create(at=timezone.now())\n    Trip.objects.first().save()"

    assert house_rules.violations(source, ("trades", "carpool", "tests", "factories")) == []
