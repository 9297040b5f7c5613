from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from essaim.kernel.periods import Period
from essaim.kernel.trades import PanelRow, RuleEffect, TradeConfig


class FoodHubConfig(TradeConfig):
    """Order from local producers through a hub, by cycles."""

    name = "essaim.trades.food_hub"
    verbose_name = "Manger local"
    slug = "food"
    need = "eat"

    def ready(self) -> None:
        from essaim.trades.food_hub import articles, news  # noqa: F401, PLC0415 - articles declares

        news.subscribe()

    def routes(self) -> str | None:
        return "essaim.trades.food_hub.urls"

    def api_router(self) -> str | None:
        return "essaim.trades.food_hub.api:router"

    def member_panel(self, member_id: int) -> Sequence[PanelRow]:
        from essaim.trades.food_hub import panels  # noqa: PLC0415 - models are loaded later

        return panels.member_panel(member_id)

    def territory_panel(self, territory_id: int) -> Sequence[PanelRow]:
        from essaim.trades.food_hub import panels  # noqa: PLC0415 - models are loaded later

        return panels.territory_panel(territory_id)

    def provider_panel(self, organisation_id: int) -> Sequence[PanelRow]:
        from essaim.trades.food_hub.models import Hub  # noqa: PLC0415 - models are loaded later

        is_here = Hub.objects.filter(Q(pk=organisation_id) | Q(producers=organisation_id)).exists()
        return [PanelRow(self.verbose_name, reverse("food_hub:desk"))] if is_here else []

    def basket_url(self) -> str | None:
        return reverse("food_hub:basket")

    def basket_count(self, member_id: int) -> int:
        from essaim.trades.food_hub import buying  # noqa: PLC0415 - models are loaded later

        return buying.basket_count(member_id)

    def agreement_url(self, public_id: UUID) -> str | None:
        return reverse("food_hub:order", args=[public_id])

    def rule_effect(self, values: Mapping[str, int], period: Period) -> RuleEffect | None:
        from essaim.trades.food_hub import effects  # noqa: PLC0415 - models are loaded later

        return effects.rule_effect(values, period)

    def sow_demo(self) -> None:
        from essaim.trades.food_hub import demo  # noqa: PLC0415 - models are loaded later

        demo.sow()
