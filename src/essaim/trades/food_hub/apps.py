from collections.abc import Sequence

from essaim.kernel.trades import PanelRow, TradeConfig


class FoodHubConfig(TradeConfig):
    """Order from local producers through a hub, by cycles."""

    name = "essaim.trades.food_hub"
    verbose_name = "Manger local"
    slug = "food"
    need = "eat"

    def ready(self) -> None:
        from essaim.trades.food_hub import articles  # noqa: F401, PLC0415 - declares its articles

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

    def sow_demo(self) -> None:
        from essaim.trades.food_hub import demo  # noqa: PLC0415 - models are loaded later

        demo.sow()
