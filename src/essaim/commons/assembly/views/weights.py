"""Other weights for the colleges, tried on what was voted, before anybody changes the statutes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import localize_input
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from essaim.commons.assembly import policies, queries, wording
from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.rules import counting
from essaim.commons.assembly.views import loading
from essaim.commons.cooperative import queries as cooperative_queries
from essaim.commons.cooperative.views.loading import register as load_register
from essaim.commons.statutes import wording as statutes_wording
from essaim.commons.statutes.rules.findings import Finding, findings
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.core.members.policies import may_sit_on_board
from essaim.kernel import clock
from essaim.web.access import by_policy
from essaim.web.environment import percent

MOTIONS_MAX = 50
PERCENT = 100
BASIS_POINTS = 10_000


def written(bps: int) -> str:
    """Return basis points as percents are typed: « 35 », « 17,5 »."""
    return str(localize_input((Decimal(bps) / PERCENT).normalize()))


class WeightsForm(forms.Form):
    """The weight of each college, in percent."""

    def __init__(self, *args: object, statutes: Statutes, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.statutes = statutes
        for college in statutes.colleges:
            self.fields[college.code] = forms.DecimalField(
                label=college.label,
                initial=written(int(college.weight * BASIS_POINTS)),
                localize=True,
                min_value=0,
                max_value=PERCENT,
                decimal_places=2,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, Decimal]:
        """Refuse weights that do not make a whole."""
        typed: dict[str, Decimal] = self.cleaned_data
        total = sum(typed.values(), Decimal())
        if len(typed) == len(self.fields) and total != PERCENT:
            self.add_error(
                None,
                _("The weights add up to {total}, not to {whole}.").format(
                    total=percent(int(total * PERCENT)), whole=percent(BASIS_POINTS)
                ),
            )
        return typed

    def weighed(self) -> Statutes:
        """Return the statutes with the weights typed, or as they are when nothing valid was."""
        if not self.is_valid():
            return self.statutes
        return replace(
            self.statutes,
            colleges=tuple(
                replace(one, weight=Fraction(self.cleaned_data[one.code]) / PERCENT)
                for one in self.statutes.colleges
            ),
        )


@by_policy("is_associate")
def weights(request: HttpRequest) -> HttpResponse:
    """Each motion voted so far, decided again with other weights: `?<college>=<percent>&…`."""
    member, register = loading.member_of(request), load_register()
    if not (policies.is_associate(member, register) or may_sit_on_board(member)):
        raise Http404
    now = clock.now()
    statutes = cooperative_queries.statutes_at(register, now)
    asked = any(college.code in request.GET for college in statutes.colleges)
    form = WeightsForm(request.GET if asked else None, statutes=statutes)
    weighed = form.weighed()
    rows = [
        row
        for motion in queries.declared_motions(register.pk)[:MOTIONS_MAX]
        if (row := _decided_again(motion, weighed)) is not None
    ]
    context = {
        "register": register,
        "statutes": statutes,
        "form": form,
        "asked": asked and form.is_valid(),
        "rows": rows,
        "changed_count": sum(row["is_other"] for row in rows),
        "unlawful": [
            (one.severity.value, statutes_wording.sentence(one), one.source)
            for one in _new_findings(statutes, weighed, localdate(now))
        ],
    }
    return render(request, "assembly/weights.html", context, status=422 if form.errors else 200)


def _decided_again(motion: Motion, statutes: Statutes) -> dict[str, Any] | None:
    """A motion as it was declared and with these weights; None when its colleges were others."""
    assert motion.poll is not None  # noqa: S101 - a motion declared was voted
    decision = counting.decided_again(motion.outcome, motion.poll.counting, statutes)
    if decision is None:
        return None
    told = {"method": motion.method, "options": motion.options}
    again = wording.read_result(told, decision.outcome, is_adopted=decision.is_adopted)
    return {
        "item": motion.item,
        "then": wording.result_of(motion),
        "again": again,
        "is_other": decision.is_adopted != motion.is_adopted,
    }


def _new_findings(statutes: Statutes, weighed: Statutes, day: date) -> list[Finding]:
    before = findings(statutes, day)
    return [one for one in findings(weighed, day) if one not in before]
