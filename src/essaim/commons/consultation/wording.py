"""Consultations in plain words: where one stands, what came out, through whom a voice went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.assembly.rules.elections import Method
from essaim.commons.consultation.models import Consultation
from essaim.commons.consultation.rules.delegations import Web
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Associate
from essaim.kernel.errors import N_

METHODS = {
    Method.APPROVAL: N_("Approval: as many answers as one wants"),
    Method.MAJORITY_JUDGMENT: N_("Majority judgment: a mention for each answer"),
    Method.SCHULZE: N_("Ranking of the answers, Schulze’s count"),
    Method.INSTANT_RUNOFF: N_("Ranking of the answers, successive rounds"),
}


@dataclass(frozen=True, slots=True)
class Count:
    """One of the two results: how many voices, what comes first, and the order of the answers."""

    title: str
    voices_count: int
    first: str
    ranking: tuple[tuple[str, ...], ...]


def results(found: Consultation) -> list[Count]:
    """Read both counts of a consultation that was counted, each answer once first."""
    names = {one["code"]: one["label"] for one in found.options}
    titles = {
        "alone": _("Each answer once"),
        "together": _("With the voices that were given"),
    }
    return [_count(found.outcome[key], title, names) for key, title in titles.items()]


def _count(outcome: dict[str, Any], title: str, names: dict[str, str]) -> Count:
    heads = outcome.get("heads")
    if heads is None:
        return Count(title, outcome["ballots_count"], _("Nobody chose an answer."), ())
    tied = heads["tied"] or ([] if heads["winners"] else heads["ranking"][0])
    first = [names[code] for code in heads["winners"]]
    sentence = (
        _("First: {name}").format(name=", ".join(first))
        if first
        else _("Equal: {names}").format(names=", ".join(names[code] for code in tied))
    )
    ranking = tuple(tuple(names[code] for code in tier) for tier in heads["ranking"])
    return Count(title, outcome["ballots_count"], sentence, ranking)


def is_open(found: Consultation, *, at: datetime) -> bool:
    """Say whether answers are still taken."""
    return found.closes_at > at


def way_of(web: Web, giver: int, people: dict[int, Associate]) -> str:
    """Tell the chain that a voice goes along: « Béa, puis Chloé »; empty when it is not given."""
    return _(", then ").join(holder_name(people[one]) for one in web.chain(giver))


def load_of(web: Web, holder: int) -> str:
    """Tell how many voices somebody carries, out of how many they may; empty for none."""
    count = web.loads.get(holder, 0)
    if not count:
        return ""
    told = ngettext(
        "You carry %(num)s voice, of %(cap)s at most.",
        "You carry %(num)s voices, of %(cap)s at most.",
        count,
    )
    return told % {"num": count, "cap": web.cap}
