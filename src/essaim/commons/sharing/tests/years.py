"""The year of the worked example, the cooperatives that share it, and wishes in few words."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from essaim.commons.sharing.rules.surplus import Facts, Wish, share_out
from essaim.commons.statutes.rules.statutes import Form, Interest, Reserves, ReserveStop
from essaim.commons.statutes.tests.models_of_statutes import statutes_of

AG_2024 = date(2024, 6, 15)
AG_2026 = date(2026, 6, 15)
CAP = Fraction("3.8025")
LEGAL = ReserveStop.LEGAL_RESERVE_REACHES_CAPITAL
EXAMPLE = Facts(
    result_cents=4_000_000, subsidies_cents=500_000, capital_cents=12_000_000,
    legal_reserve_cents=900_000, reserves_cents=900_000, highest_capital_cents=12_000_000,
)  # fmt: skip


def scic(form=Form.SCIC_SA, *, rate="1/2", stop=LEGAL, interest=True, rate_max=None):
    return statutes_of(
        form=form,
        reserves=Reserves(None if rate is None else Fraction(rate), stop),
        interest=Interest(interest, rate_max),
    )


def facts(**changes):
    return replace(EXAMPLE, **changes)


def shared(statutes=None, wish=None, day=AG_2024, **changes):
    return share_out(facts(**changes), statutes or scic(), wish or Wish(interest_rate=CAP), day)
