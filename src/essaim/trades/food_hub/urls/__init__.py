"""Addresses of the food hub, under `/food/`: the buyers' side, then the desk."""

from essaim.trades.food_hub.urls import desk, shop

app_name = "food_hub"
urlpatterns = [*shop.urlpatterns, *desk.urlpatterns]
