"""The registry of trades: one folder each, found by name, asked a closed list of questions."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from uuid import UUID

from django.apps import AppConfig, apps

from essaim.kernel.periods import Period
from essaim.kernel.personal_data import PersonalDatum


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line of a trade's panel on a shared page: a sentence, where it leads, a detail.

    `photo_ids` are photos of the catalogue that illustrate it, at most four.
    """

    title: str
    url: str
    detail: str = ""
    tone: str = "neutral"
    photo_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """An amount of a past period, in cents: what it was, what it would have been."""

    label: str
    before_cents: int
    after_cents: int

    @property
    def difference_cents(self) -> int:
        return self.after_cents - self.before_cents


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What other rules would have made of the real deals of a period, to the cent.

    `parts` sum to `whole`; `one` is a single deal, the middle one. Too few deals to tell without
    telling about somebody: no part at all.
    """

    title: str
    sample: str
    """Which deals: « 412 orders »."""
    whole: Effect | None = None
    parts: tuple[Effect, ...] = ()
    one: Effect | None = None


class TradeConfig(AppConfig):
    """A trade. Subclasses set the first four names and may answer the questions below."""

    default = False  # Django would hesitate between this base and the trade; see __init_subclass__.

    slug: str
    need: str
    """The need it serves: eat, move, lodge, repair, borrow, help or trade."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.default = True

    def routes(self) -> str | None:
        """Dotted path of the URLconf mounted under `/<slug>/`, or None."""
        return None

    def api_router(self) -> str | None:
        """Dotted path `module:router` of the django-ninja router mounted under `/api/<slug>/`."""
        return None

    def member_panel(self, member_id: int) -> Sequence[PanelRow]:
        """What this trade tells a member in their own space; at most five rows."""
        del member_id
        return ()

    def provider_panel(self, organisation_id: int) -> Sequence[PanelRow]:
        """Where the people of an organisation work in this trade (a desk…); at most five rows."""
        del organisation_id
        return ()

    def territory_panel(self, territory_id: int) -> Sequence[PanelRow]:
        """What is near this week, for the home page; at most six rows."""
        del territory_id
        return ()

    def basket_url(self) -> str | None:
        """Address where a member sees what they are about to agree to, and pays; or None."""
        return None

    def basket_count(self, member_id: int) -> int:
        """How many things of this trade wait in a member's basket (at most 1 cheap query)."""
        del member_id
        return 0

    def agreement_url(self, public_id: UUID) -> str | None:
        """Address of the page of one agreement of this trade, or None."""
        del public_id
        return None

    def rule_effect(self, values: Mapping[str, int], period: Period) -> RuleEffect | None:
        """What a past period would have been had these articles had these values; None: no change.

        Args:
            values: by key of article, in its unit; those of other trades are there too.
        """
        del values, period
        return None

    def personal_data(self) -> Sequence[PersonalDatum]:
        """What this trade holds about people."""
        return ()

    def sow_demo(self) -> None:
        """Write this trade's part of the demo territory; called once on an empty database."""


def discover() -> list[str]:
    """Return the app path of every trade: folders of `essaim.trades`, then entry points."""
    package = importlib.import_module("essaim.trades")
    paths = [
        f"essaim.trades.{module.name}"
        for module in pkgutil.iter_modules(package.__path__)
        if module.ispkg
    ]
    paths += [entry.value for entry in entry_points(group="essaim.trades")]
    return sorted(set(paths))


def installed() -> Iterator[TradeConfig]:
    """Yield the trades of this installation, in alphabetical order of their slug."""
    found = [config for config in apps.get_app_configs() if isinstance(config, TradeConfig)]
    yield from sorted(found, key=lambda config: config.slug)
