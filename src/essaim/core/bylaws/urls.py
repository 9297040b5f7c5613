from django.urls import path

from essaim.core.bylaws import views

app_name = "bylaws"
urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/what-if/", views.what_if, name="what_if"),
    path("rules/<str:key>/", views.rule, name="rule"),
    path("rules/<str:key>/adopt/", views.adopt, name="adopt"),
]
