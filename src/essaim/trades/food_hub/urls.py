"""Addresses of the food hub, under `/food/`."""

from django.urls import URLPattern

app_name = "food_hub"
urlpatterns: list[URLPattern] = []
