"""Reading the rules in force."""

from dataclasses import dataclass
from datetime import datetime

from essaim.core.bylaws import rules
from essaim.core.bylaws.models import ArticleValue


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """An article and its value at an instant; `since` is None for the default of the code."""

    article: rules.Article
    value: int
    since: datetime | None
    adopted_by: str
    decision_path: str


def value(article: rules.Article, *, at: datetime) -> int:
    """The value of an article at an instant, in its unit (1 query)."""
    found = (
        ArticleValue.objects.filter(article_key=article.key, effective_at__lte=at)
        .order_by("-effective_at")
        .values_list("value", flat=True)
        .first()
    )
    return article.default if found is None else found


def values(articles: list[rules.Article], *, at: datetime) -> dict[str, int]:
    """The values of several articles at an instant, by key (1 query)."""
    rows = (
        ArticleValue.objects.filter(
            article_key__in=[article.key for article in articles], effective_at__lte=at
        )
        .order_by("article_key", "-effective_at")
        .distinct("article_key")
        .values_list("article_key", "value")
    )
    return {article.key: article.default for article in articles} | dict(rows)


def rules_in_force(*, at: datetime) -> list[RuleInForce]:
    """Every article with its value, since when and by whom, by key (1 query)."""
    rows = (
        ArticleValue.objects.filter(effective_at__lte=at)
        .order_by("article_key", "-effective_at")
        .distinct("article_key")
    )
    latest = {row.article_key: row for row in rows}
    found = []
    for article in rules.rule_book():
        row = latest.get(article.key)
        found.append(
            RuleInForce(
                article=article,
                value=row.value if row else article.default,
                since=row.effective_at if row else None,
                adopted_by=row.adopted_by if row else "",
                decision_path=row.decision_path if row else "",
            )
        )
    return found


def values_to_come(*, after: datetime) -> dict[str, ArticleValue]:
    """The next adopted value of each article that has one to come, by key (1 query)."""
    rows = (
        ArticleValue.objects.filter(effective_at__gt=after)
        .order_by("article_key", "effective_at")
        .distinct("article_key")
    )
    return {row.article_key: row for row in rows}


def history(article: rules.Article) -> list[ArticleValue]:
    """All values an article was given, newest first, who recorded them loaded (1 query)."""
    rows = ArticleValue.objects.filter(article_key=article.key)
    return list(rows.select_related("recorded_by").order_by("-effective_at"))
