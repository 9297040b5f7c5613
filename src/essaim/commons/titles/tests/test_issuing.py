"""Participatory titles: only of some forms, for seven years at least, little of them variable."""

from datetime import date

import pytest

from essaim.commons.statutes.rules.law import NotKnown
from essaim.commons.statutes.rules.statutes import Form
from essaim.commons.titles.rules import issuing, refusals

DAY = date(2026, 11, 20)


def check(form=Form.SCIC_SA, years=7, variable_percent=40, day=DAY):
    issuing.check_title(form, years=years, variable_percent=variable_percent, day=day)


@pytest.mark.parametrize("form", [Form.SCIC_SA, Form.SCIC_SARL, Form.SCOP_SA, Form.SCOP_SARL])
def test_cooperatives_that_are_sa_or_sarl_may_issue_titles(form):
    assert issuing.may_issue(form, DAY)
    check(form)


@pytest.mark.parametrize("form", [Form.SCIC_SAS, Form.SCOP_SAS, Form.ASSOCIATION, Form.UK_SOCIETY])
def test_others_may_not_and_are_told_by_which_text(form):
    with pytest.raises(refusals.NotForThisForm) as refusal:
        check(form)

    assert "L.228-36" in refusal.value.details["source"]


def test_a_title_lasts_seven_years_at_least():
    with pytest.raises(refusals.TooShort) as refusal:
        check(years=6)

    assert refusal.value.details == {"years_min": 7}


@pytest.mark.parametrize("variable_percent", [41, -1])
def test_its_variable_part_bears_on_two_fifths_at_most(variable_percent):
    with pytest.raises(refusals.TooVariable) as refusal:
        check(variable_percent=variable_percent)

    assert refusal.value.details == {"percent_max": 40}


def test_what_is_not_recorded_for_a_day_is_not_guessed():
    with pytest.raises(NotKnown):
        issuing.issuers_at(date(2010, 1, 1))
