"""Statutes as data: read strictly, checked against the law, explained."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.findings import (
    Severity,
    authorities_ceiling,
    composition,
    findings,
)
from essaim.commons.statutes.rules.refusals import StatutesUnreadable
from essaim.commons.statutes.rules.statutes import (
    Assembly,
    Capital,
    Category,
    Form,
    Interest,
    Leaving,
    Notice,
    Proxies,
    Quorum,
    QuorumBasis,
    Reserves,
    Role,
)
from essaim.commons.statutes.tests.models_of_statutes import TODAY, statutes_of, text_of

QUARTER = Fraction(1, 4)
PUBLISHED = ("scani", "entre2mondes", "one-person-one-vote")


def codes(statutes, severity=Severity.BLOCK, day=TODAY):
    return [found.code for found in findings(statutes, day) if found.severity is severity]


def weighing(*weights, **changes):
    statutes = statutes_of(**changes)
    colleges = tuple(
        replace(college, weight=Fraction(weight, 100))
        for college, weight in zip(statutes.colleges, weights, strict=True)
    )
    return replace(statutes, colleges=colleges)


def test_the_model_of_a_territory_is_lawful_and_leaves_nothing_unsaid():
    assert findings(statutes_of(), TODAY) == []


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_statutes_lack_only_what_is_not_known_of_them(name):
    statutes = statutes_of(name)

    assert codes(statutes) == ["no-nominal-value"]
    assert set(codes(statutes, Severity.WARN)) == {"silent"}


def test_scani_weighs_40_25_25_10_and_counts_its_quorum_by_colleges():
    scani = statutes_of("scani")

    assert [college.weight * 100 for college in scani.colleges] == [40, 25, 25, 10]
    assert scani.quorums[Assembly.ORDINARY].basis is QuorumBasis.COLLEGES


def test_entre2mondes_weighs_25_25_25_15_10():
    colleges = statutes_of("entre2mondes").colleges

    assert [college.weight * 100 for college in colleges] == [25, 25, 25, 15, 10]


def test_without_colleges_nobody_weighs_more_than_another():
    assert statutes_of("one-person-one-vote").colleges == ()


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ((51, 20, 19, 10), ["weight-out-of-bounds"]),
        ((50, 20, 20, 10), []),
        ((50, 31, 10, 9), ["weight-out-of-bounds"]),
        ((40, 30, 20, 15), ["weights-do-not-sum"]),
    ],
)
def test_a_college_weighs_from_10_to_50_per_cent_and_all_make_the_whole(weights, found):
    assert codes(weighing(*weights)) == found


def test_a_scop_weighs_as_it_likes_but_to_the_whole():
    workers = (Category("employees", "Salariés", Role.EMPLOYEE, 1),)
    scop = weighing(70, 10, 10, 10, form=Form.SCOP_SA)

    assert codes(scop) == []
    assert "no-workers" in codes(replace(scop, categories=(), colleges=()))
    assert codes(replace(scop, categories=workers, colleges=(), quorums={})) == []


@pytest.mark.parametrize(
    ("gone", "has_employees", "code"),
    [
        (Role.BENEFICIARY, True, "no-beneficiaries"),
        (Role.EMPLOYEE, True, "no-employees"),
        (Role.PRODUCER, False, "no-producers"),
        (Role.EMPLOYEE, False, None),
        (Role.PRODUCER, True, None),
    ],
)
def test_a_scic_needs_beneficiaries_and_employees_or_else_producers(gone, has_employees, code):
    kept = tuple(one for one in statutes_of().categories if one.role is not gone)
    statutes = statutes_of(categories=kept, colleges=(), has_employees=has_employees)
    without_quorum = replace(statutes, quorums={})

    assert codes(without_quorum) == ([code] if code else [])


def test_a_scic_has_three_categories_at_least():
    two = tuple(
        one for one in statutes_of().categories if one.role in {Role.BENEFICIARY, Role.EMPLOYEE}
    )

    assert codes(statutes_of(categories=two, colleges=(), quorums={})) == ["too-few-categories"]


def test_a_category_that_belongs_to_no_college_could_not_vote():
    statutes = statutes_of()
    more = (*statutes.categories, Category("friends", "Amis", Role.SUPPORTER, 1))

    assert codes(replace(statutes, categories=more)) == ["category-without-college"]


def test_two_colleges_are_too_few():
    first, second, *_ = weighing(50, 50, 10, 10).colleges
    both = (
        replace(first, categories=("users", "producers", "employees")),
        replace(second, categories=("authorities", "supporters")),
    )

    assert codes(statutes_of(colleges=both)) == ["too-few-colleges"]


@pytest.mark.parametrize(
    ("changes", "block", "warn"),
    [
        ({"capital": Capital()}, ["no-nominal-value"], []),
        (
            {"capital": Capital(2000, authorities_max=Fraction(3, 5))},
            ["authorities-ceiling-too-high"],
            [],
        ),
        ({"capital": Capital(2000, authorities_max=Fraction(1, 3))}, [], []),
        ({"notice": Notice(14, 15, 10)}, ["notice-too-short"], []),
        ({"notice": Notice(15, 15, 9)}, ["notice-too-short"], []),
        ({"proxies": Proxies(2)}, [], ["many-proxies"]),
        ({"proxies": Proxies(2), "form": Form.SCOP_SA}, ["many-proxies"], []),
        ({"proxies": Proxies(None, holder_is_associate=False)}, [], ["proxy-to-a-stranger"]),
        ({"reserves": Reserves(Fraction(2, 5))}, ["reserve-too-low"], ["silent"]),
        ({"leaving": Leaving(7)}, [], ["slow-refund"]),
        ({"leaving": Leaving()}, [], ["silent"]),
        ({"interest": Interest(is_paid=True)}, [], []),
        ({"interest": Interest(True, Fraction(3))}, [], ["interest-cap-not-known"]),
        ({"quorums": {}, "majorities": {}}, [], ["silent", "silent"]),
        (
            {"quorums": {Assembly.ORDINARY: Quorum(QuorumBasis.HEADS, QUARTER, Fraction(1))}},
            [],
            ["second-quorum-higher"],
        ),
        ({"form": Form.ASSOCIATION}, ["association-without-capital"], []),
        ({"form": Form.ASSOCIATION, "capital": Capital()}, [], []),
        ({"form": Form.UK_SOCIETY}, ["withdrawable-too-much"], []),
        ({"form": Form.UK_SOCIETY, "capital": Capital(2000, shares_max=5000)}, [], []),
        ({"form": Form.UK_SOCIETY, "capital": Capital(2000, shares_max=5001)}, [
            "withdrawable-too-much"
        ], []),
        ({"form": Form.SCIC_SARL, "notice": Notice(15, 20)}, ["notice-too-short"], []),
        ({"form": Form.SCIC_SAS, "notice": Notice(1, 1)}, [], []),
    ],
)  # fmt: skip
def test_what_is_unlawful_blocks_and_what_is_unwise_warns(changes, block, warn):
    statutes = statutes_of(**changes)

    assert (codes(statutes), codes(statutes, Severity.WARN)) == (block, warn)


def test_an_interest_above_the_cap_of_its_year_is_seen():
    greedy = statutes_of(interest=Interest(True, Fraction("3.81")))
    content = statutes_of(interest=Interest(True, Fraction("3.80")))

    assert codes(greedy, Severity.WARN, date(2024, 6, 1)) == ["interest-above-cap"]
    assert codes(content, Severity.WARN, date(2024, 6, 1)) == []


def test_a_quorum_by_colleges_needs_colleges():
    assert "quorum-without-colleges" in codes(statutes_of(colleges=()))


def test_a_finding_that_quotes_the_law_names_its_source():
    (found,) = findings(statutes_of(reserves=Reserves(Fraction(2, 5), None)), TODAY)[:1]

    assert (found.source, found.details["lowest"]) == (
        "loi 47-1775 du 10 septembre 1947, art. 19 nonies", "50\u202f%",
    )  # fmt: skip


def test_what_blocks_comes_before_what_warns():
    order = [found.severity for found in findings(statutes_of("scani"), TODAY)]

    assert order == sorted(order, key=[Severity.BLOCK, Severity.WARN].index)


def test_a_necessary_category_that_empties_is_told_and_so_are_authorities_that_own_too_much():
    statutes = statutes_of()

    def told(associates, shares):
        found = composition(
            statutes, associates_by_category=associates, shares_by_category=shares, day=TODAY
        )
        return [one.code for one in found]

    assert told({"users": 1, "employees": 1}, {"users": 5, "authorities": 5}) == []
    assert told({"users": 1}, {}) == ["category-empty"]
    assert told({"users": 1, "employees": 1}, {"users": 5, "authorities": 6}) == [
        "authorities-above-ceiling"
    ]


def test_statutes_may_lower_the_ceiling_of_authorities_and_never_raise_it():
    for chosen, ceiling in ((None, "1/2"), (Fraction(1, 3), "1/3"), (Fraction(3, 4), "1/2")):
        statutes = statutes_of(capital=Capital(2000, authorities_max=chosen))

        assert authorities_ceiling(statutes, TODAY) == Fraction(ceiling)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ('weight = "35 %"', 'weight = "much"', "colleges[1].weight: much"),
        ('weight = "35 %"', "weight = 0.35", "colleges[1].weight"),
        ('form = "scic-sa"', 'form = "scic"', "form: scic"),
        ('form = "scic-sa"', "", "form"),
        ("nominal_cents = 2000", "nominal_cents = -1", "capital.nominal_cents"),
        ("nominal_cents = 2000", "nominal_cents = true", "capital.nominal_cents"),
        ("nominal_cents = 2000", "nominal = 2000", "capital.nominal"),
        ('code = "supporters"', 'code = "users"', "categories: code"),
        ('"authorities", "supporters"]', '"strangers"]', "colleges.partners.categories: strangers"),
        ("[quorums.ordinary]", "[quorums.weekly]", "quorums: weekly"),
        ("[capital]", "[capital", ""),
    ],
)
def test_a_slip_is_found_where_it_is(before, after, where):
    text = text_of("territory").replace(before, after, 1)

    with pytest.raises(StatutesUnreadable) as refusal:
        reading.from_toml(text)

    assert where in refusal.value.details["where"]


def test_a_part_is_written_as_a_percentage_or_as_a_fraction():
    one = reading.from_toml(text_of("territory").replace('"35 %"', '"7/20"'))
    other = reading.from_toml(text_of("territory").replace('"35 %"', '"35,0 %"'))

    assert one.colleges[0].weight == other.colleges[0].weight == Fraction(35, 100)


def test_entries_that_are_no_tables_and_texts_that_are_no_numbers_are_refused():
    for wrong in ({"name": "x", "form": "scic-sa", "capital": 3}, {"name": 3, "form": "scic-sa"}):
        with pytest.raises(StatutesUnreadable):
            reading.from_dict(wrong)
