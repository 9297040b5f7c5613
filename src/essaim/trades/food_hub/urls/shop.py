"""The buyers' side."""

from django.urls import URLPattern, path

from essaim.trades.food_hub.views import basket, checkout, orders, shop

urlpatterns: list[URLPattern] = [
    path("", shop.cycles, name="cycles"),
    path("basket/", basket.basket, name="basket"),
    path("checkout/<uuid:cycle_id>/", checkout.checkout, name="checkout"),
    path("checkout/<uuid:cycle_id>/price/", checkout.price, name="checkout_price"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("orders/<uuid:order_id>/change/", orders.change, name="change_order"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="cancel_order"),
    path("orders/<uuid:order_id>/means/", orders.means, name="change_means"),
    path("orders/<uuid:order_id>/check-payment/", orders.check_payment, name="check_payment"),
    path("<uuid:cycle_id>/", shop.shop, name="shop"),
    path("<uuid:cycle_id>/basket/", shop.fill, name="fill"),
    path("<uuid:cycle_id>/<int:offer_id>/", shop.pack, name="pack"),
    path("<uuid:cycle_id>/<int:offer_id>/tell-me/", shop.tell_me, name="tell_me"),
]
