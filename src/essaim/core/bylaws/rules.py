"""Articles: numbers that members may vote on, each with its unit, bounds, default and reason."""

from dataclasses import dataclass

from essaim.kernel.errors import N_, BadInput


class OutOfBounds(BadInput):
    code = "bylaws.out-of-bounds"
    sentence = N_("This rule accepts values from {minimum} to {maximum}.")


@dataclass(frozen=True, slots=True)
class Article:
    """One rule of the platform. Values are integers in `unit`: bps, cents, minutes, days, count."""

    key: str
    title: str
    explanation: str
    unit: str
    minimum: int
    maximum: int
    default: int

    def check(self, value: int) -> int:
        """Return `value` when the article accepts it.

        Raises:
            OutOfBounds: it does not; `details` has the bounds in the article's unit.
        """
        if not self.minimum <= value <= self.maximum:
            raise OutOfBounds(minimum=self.minimum, maximum=self.maximum, unit=self.unit)
        return value


_articles: dict[str, Article] = {}


def declare(article: Article) -> Article:
    """Add an article to the rule book; declared twice under one key is a bug.

    Raises:
        ValueError: another article has this key, or the default is out of bounds.
    """
    if _articles.get(article.key, article) != article:
        raise ValueError(f"two articles named {article.key}")
    if not article.minimum <= article.default <= article.maximum:
        raise ValueError(f"default out of bounds: {article.key}")
    _articles[article.key] = article
    return article


def rule_book() -> list[Article]:
    """All declared articles, by key."""
    return [_articles[key] for key in sorted(_articles)]
