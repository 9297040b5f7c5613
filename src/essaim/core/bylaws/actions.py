"""Adopting a value for an article."""

from datetime import datetime

from django.db import transaction

from essaim.core.bylaws.models import ArticleValue
from essaim.core.bylaws.rules import Article
from essaim.core.members.models import Member
from essaim.kernel.errors import N_, RuleBroken


class RuleIsPast(RuleBroken):
    code = "bylaws.rule-is-past"
    sentence = N_("A rule takes effect now or later, never in the past.")


@transaction.atomic
def adopt(
    *,
    article: Article,
    value: int,
    effective_at: datetime,
    adopted_by: str,
    recorded_by: Member | None,
    now: datetime,
) -> ArticleValue:
    """Write the value an article takes from `effective_at` on.

    Args:
        value: in the article's unit.
        adopted_by: the decision, as members will read it beside the rule.

    Raises:
        OutOfBounds: the article does not accept this value.
        RuleIsPast: `effective_at` is before `now`; what was charged stays as it was charged.
    """
    article.check(value)
    if effective_at < now:
        raise RuleIsPast
    row, _ = ArticleValue.objects.update_or_create(
        article_key=article.key,
        effective_at=effective_at,
        defaults={
            "value": value,
            "adopted_by": adopted_by,
            "recorded_at": now,
            "recorded_by": recorded_by,
        },
    )
    return row
