"""Addresses of titles: those of a member, a certificate, the register and its interest."""

from django.urls import path

from essaim.commons.titles.views import desk, mine

app_name = "titles"
DESK = "titles/desk/"

urlpatterns = [
    path("titles/", mine.mine, name="mine"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}register.csv", desk.desk_csv, name="desk_csv"),
    path(f"{DESK}interest/", desk.desk_interest, name="desk_interest"),
    path(f"{DESK}<uuid:title_id>/repay/", desk.desk_repay, name="desk_repay"),
    path("titles/<uuid:title_id>/", mine.title, name="title"),
]
