"""Adopting a value for an article."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from essaim.core.bylaws.models import ArticleValue
from essaim.core.bylaws.rules import Article, rule_book
from essaim.core.members.models import Member
from essaim.kernel.errors import N_, RuleBroken


class RuleIsPast(RuleBroken):
    code = "bylaws.rule-is-past"
    sentence = N_("A rule takes effect now or later, never in the past.")


class DateTaken(RuleBroken):
    code = "bylaws.date-taken"
    sentence = N_("Another decision on this rule takes effect on this date: choose another date.")


@transaction.atomic
def adopt(
    *,
    article: Article,
    value: int,
    effective_at: datetime,
    adopted_by: str,
    recorded_by: Member | None,
    now: datetime,
    decision_path: str = "",
) -> ArticleValue:
    """Write the value an article takes from `effective_at` on.

    Args:
        value: in the article's unit.
        adopted_by: the decision, as members will read it beside the rule.
        decision_path: where it is read on this installation, when it was taken here.

    Raises:
        OutOfBounds: the article does not accept this value.
        DateTaken: another decision takes effect at this very instant; rows are never rewritten.
        RuleIsPast: `effective_at` is before `now`; what was charged stays as it was charged.
    """
    article.check(value)
    if effective_at < now:
        raise RuleIsPast
    row, is_new = ArticleValue.objects.get_or_create(
        article_key=article.key,
        effective_at=effective_at,
        defaults={
            "value": value,
            "adopted_by": adopted_by,
            "decision_path": decision_path,
            "recorded_at": now,
            "recorded_by": recorded_by,
        },
    )
    if not is_new and (row.value, row.adopted_by) != (value, adopted_by):
        raise DateTaken(effective_at=effective_at)
    return row


@transaction.atomic
def adopt_all(
    *,
    changes: Iterable[tuple[str, int, datetime]],
    adopted_by: str,
    recorded_by: Member | None,
    now: datetime,
    decision_path: str = "",
) -> None:
    """Write what one decision changes, each rule from its instant, or at once when it is past.

    Args:
        changes: key of the article, value in its unit, instant.

    Raises:
        OutOfBounds, DateTaken: as `adopt` does.
    """
    articles = {article.key: article for article in rule_book()}
    for key, value, effective_at in changes:
        adopt(
            article=articles[key],
            value=value,
            effective_at=max(effective_at, now),
            adopted_by=adopted_by,
            recorded_by=recorded_by,
            now=now,
            decision_path=decision_path,
        )
