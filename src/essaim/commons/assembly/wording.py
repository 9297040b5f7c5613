"""What was put to the vote and what came out of it, as people read it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import localize_input
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.assembly.models import AgendaItem, Motion
from essaim.commons.assembly.rules.amending import AmendmentKind, paragraphs
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.urn.models import Poll
from essaim.commons.urn.rules.choices import BLANK, PaperKind
from essaim.core.bylaws import queries as bylaws
from essaim.core.bylaws.rules import Article, rule_book
from essaim.core.bylaws.wording import in_words, to_typed
from essaim.kernel.errors import N_
from essaim.web import charts
from essaim.web.environment import short_day, time_of_day

BASIS_POINTS = 10_000
KINDS = {
    "ordinary": N_("Ordinary general assembly"),
    "extraordinary": N_("Extraordinary general assembly"),
}
PRESENCES = {
    "room": N_("In the room"),
    "code": N_("In the room, by the code"),
    "remote": N_("On line"),
    "post": N_("By postal form"),
}
CHOICES = {
    "yes": N_("For"),
    "no": N_("Against"),
    "abstain": N_("Abstention"),
    BLANK: N_("Blank ballot"),
}
GRADES = (
    N_("To be rejected"),
    N_("Insufficient"),
    N_("Passable"),
    N_("Fairly good"),
    N_("Good"),
    N_("Very good"),
    N_("Excellent"),
)
AMENDMENT_KINDS = {
    AmendmentKind.REPLACE: N_("Rewrite a paragraph"),
    AmendmentKind.STRIKE: N_("Strike a paragraph"),
    AmendmentKind.ADD: N_("Add after a paragraph"),
    AmendmentKind.RULE: N_("Change the rule proposed"),
}
FATES = {
    "pending": (N_("To be voted"), "", "clock"),
    "carried": (N_("Amendment carried"), "clover", "check"),
    "rejected": (N_("Amendment rejected"), "poppy", "x"),
    "fallen": (N_("Fell: another one was carried"), "", "ban"),
    "withdrawn": (N_("Amendment withdrawn"), "", "ban"),
}
METHODS = {
    Method.MOTION: N_("For or against"),
    Method.APPROVAL: N_("Approval: as many names as one wants"),
    Method.MAJORITY_JUDGMENT: N_("Majority judgment: a mention for each"),
    Method.SCHULZE: N_("Ranking, Schulze’s count"),
    Method.INSTANT_RUNOFF: N_("Ranking, successive rounds"),
    Method.TRANSFERABLE: N_("Ranking, transferable votes"),
}


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule as it is today and as it would be."""

    key: str
    title: str
    today: str
    proposed: str
    typed: str
    """The value proposed as the page of simulations reads it."""
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class CollegeResult:
    label: str
    weight_bps: int
    entitled_count: int
    bar: charts.Bar


@dataclass(frozen=True, slots=True)
class Result:
    """How a vote ended. `weighted_bps` is the part of « for » once colleges are weighed."""

    is_adopted: bool
    sentence: str
    needed: str = ""
    heads: charts.Bar | None = None
    heads_bps: int = 0
    weighted: charts.Bar | None = None
    weighted_bps: int = 0
    colleges: tuple[CollegeResult, ...] = ()
    ranking: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class AmendmentTold:
    """An amendment as people read it: what it does, before and after."""

    number: int
    of: str
    what: str
    before: str
    after: str
    reason: str
    fate: str
    tone: str
    icon: str
    result: "Result | None"


def amendment_told(kept: Mapping[str, Any], noticed: str, *, of: str = "") -> AmendmentTold:
    """Read an amendment as motions and minutes keep it.

    Args:
        kept: as `annexes.amendment_kept` returns it.
        noticed: the text of the motion in the notice.
        of: who proposed it, by name; else their number is said.
    """
    kind, number = AmendmentKind(kept["kind"]), kept["paragraph"]
    lines = paragraphs(noticed)
    before = lines[number - 1] if kind in {AmendmentKind.STRIKE, AmendmentKind.REPLACE} else ""
    after = kept["text"]
    if kind is AmendmentKind.RULE:
        before, after = (_rule(kept, name) for name in ("noticed", ""))
    label, tone, icon = FATES[kept["fate"]]
    found = kept["outcome"]
    told = {"method": Method.MOTION, "options": []}
    result = read_result(told, found, is_adopted=kept["fate"] == "carried") if found else None
    return AmendmentTold(
        number=kept["number"],
        of=of or (_("No. {number}").format(number=kept["of"]) if kept["of"] else _("the board")),
        what=_amendment_what(kind, number),
        before=before,
        after=after,
        reason=kept["reason"],
        fate=_(label),
        tone=tone,
        icon=icon,
        result=replace(result, sentence=_(label)) if result else None,
    )


def _amendment_what(kind: AmendmentKind, number: int) -> str:
    if kind is AmendmentKind.ADD and number == 0:
        return _("Add before the first paragraph")
    said = {
        AmendmentKind.REPLACE: _("Rewrite paragraph {number}"),
        AmendmentKind.STRIKE: _("Strike paragraph {number}"),
        AmendmentKind.ADD: _("Add after paragraph {number}"),
        AmendmentKind.RULE: _("Change the rule proposed"),
    }
    return said[kind].format(number=number)


def _rule(kept: Mapping[str, Any], which: str) -> str:
    """A rule with its value and its day, as noticed or as amended."""
    value, at = (kept[f"{which}_{name}" if which else name] for name in ("value", "effective_at"))
    article = next((one for one in rule_book() if one.key == kept["article"]), None)
    title = _(article.title) if article else kept["article"]
    shown = in_words(article.unit if article else "count", value)
    day = short_day(datetime.fromisoformat(at))
    return _("{title}: {value} from {day}").format(title=title, value=shown, day=day)


def changes_of(agenda: list[AgendaItem], *, at: datetime) -> dict[int, list[RuleChange]]:
    """What each motion would change, by its key; values of today at `at` (0 or 1 query)."""
    motions = [item.motion for item in agenda if hasattr(item, "motion")]
    keys = {change.article_key for motion in motions for change in motion.changes.all()}
    articles = {one.key: one for one in rule_book() if one.key in keys}
    today = bylaws.values(list(articles.values()), at=at) if articles else {}
    return {
        motion.pk: [
            rule_change(article, today[article.key], change.value, change.effective_at)
            for change in sorted(motion.changes.all(), key=lambda change: change.pk)
            if (article := articles.get(change.article_key)) is not None
        ]
        for motion in motions
    }


def rule_change(article: Article, today: int, proposed: int, effective_at: datetime) -> RuleChange:
    """Tell a rule and its two values as people read them."""
    return RuleChange(
        key=article.key,
        title=_(article.title),
        today=in_words(article.unit, today),
        proposed=in_words(article.unit, proposed),
        typed=str(localize_input(to_typed(article, proposed))),
        effective_at=effective_at,
    )


def changes_told(point: Mapping[str, Any]) -> list[tuple[str, str, datetime | None]]:
    """The rules that a point of the minutes names: title, value voted, from when."""
    articles = {one.key: one for one in rule_book()}
    found = []
    for change in point.get("changes", ()):
        article = articles.get(change["article"])
        title = _(article.title) if article else change["article"]
        value = in_words(article.unit if article else "count", change["value"])
        found.append((title, value, parse_datetime(change["effective_at"])))
    return found


def choice_words(poll: Poll, written: str) -> str:
    """A choice as the urn writes it, in plain words."""
    choice = json.loads(written)
    if choice == BLANK or poll.paper_kind == PaperKind.MOTION:
        return _(CHOICES[choice])
    names = {one["code"]: one["label"] for one in poll.options}
    if poll.paper_kind == PaperKind.APPROVAL:
        return ", ".join(names[code] for code in choice)
    if poll.paper_kind == PaperKind.GRADES:
        return ", ".join(
            _("{name}: {mention}").format(name=names[code], mention=_(GRADES[grade]))
            for code, grade in choice.items()
        )
    return ", ".join(
        f"{place}. {' = '.join(names[code] for code in tier)}"
        for place, tier in enumerate(choice, start=1)
    )


def annulled_told(kept: Mapping[str, Any]) -> str:
    """A vote that came to nothing, in a sentence, as the minutes keep it."""
    at = datetime.fromisoformat(kept["annulled_at"])
    voted = ngettext("{count} had voted", "{count} had voted", kept["voted"])
    if kept["opened_at"] is None:
        voted = _("not opened yet")
    return _("{question}: vote annulled on {day} at {time}, {voted}. {reason}").format(
        question=kept["question"], day=short_day(at), time=time_of_day(at),
        voted=voted.format(count=kept["voted"]), reason=kept["reason"],
    )  # fmt: skip


def result_of(motion: Motion) -> Result | None:
    """The result as it was declared; None before."""
    if motion.is_adopted is None:
        return None
    told = {"method": motion.method, "options": motion.options}
    return read_result(told, motion.outcome, is_adopted=motion.is_adopted)


def read_result(told: Mapping[str, Any], outcome: dict[str, Any], *, is_adopted: bool) -> Result:
    """Read a result as motions and minutes keep it.

    Args:
        told: `method`, and `options` of an election.
    """
    if told["method"] != Method.MOTION:
        return _elected(told, outcome, is_adopted=is_adopted)
    heads, weighted = outcome["heads"], outcome.get("weighted")
    needed = outcome["needed"]
    return Result(
        is_adopted=is_adopted,
        sentence=_("Adopted") if is_adopted else _("Rejected"),
        needed=_("Needed: more than {part} of the votes").format(part=needed)
        if outcome["is_more_than"]
        else _("Needed: at least {part} of the votes").format(part=needed),
        heads=_bar(heads),
        heads_bps=_bps(heads["yes_share"]),
        weighted=_bar(weighted, unit=BASIS_POINTS) if weighted else None,
        weighted_bps=_bps(weighted["yes_share"]) if weighted else 0,
        colleges=tuple(_college(one) for one in outcome["colleges"]) if weighted else (),
    )


def _college(found: dict[str, Any]) -> CollegeResult:
    return CollegeResult(found["label"], _bps(found["weight"]), found["entitled"], _bar(found))


def _elected(told: Mapping[str, Any], outcome: dict[str, Any], *, is_adopted: bool) -> Result:
    names = {one["code"]: one["label"] for one in told["options"]}
    found = outcome.get("weighted") or outcome.get("heads")
    if found is None:
        return Result(is_adopted=is_adopted, sentence=_("Nobody is elected: no vote was cast."))
    winners = [names[code] for code in found["winners"]]
    if not winners:
        sentence = _("Nobody is elected: there is a tie.")
    else:
        sentence = ngettext("Elected: {names}", "Elected: {names}", len(winners)).format(
            names=", ".join(winners)
        )
    if winners and not is_adopted:
        sentence += _("; seats are left empty")
    ranking = tuple(tuple(names[code] for code in tier) for tier in found["ranking"])
    return Result(is_adopted=bool(winners), sentence=sentence, ranking=ranking)


def _bar(votes: Mapping[str, Any], *, unit: int = 0) -> charts.Bar:
    """Draw for, against and abstentions; fractions are written in `unit` parts of their sum."""
    parts = [Fraction(votes[name]) for name in ("yes", "no", "abstain")]
    whole = sum(parts)
    counted = [round(part * unit / whole) if unit and whole else int(part) for part in parts]
    labels = (_("For"), _("Against"), _("Abstention or blank"))
    tones = ("clover", "poppy", "rule")
    return charts.stack(list(zip(labels, counted, tones, strict=True)))


def _bps(share: str) -> int:
    return round(Fraction(share) * BASIS_POINTS)
