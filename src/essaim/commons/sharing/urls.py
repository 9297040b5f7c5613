"""Addresses of sharing: for every member, for the clerk and the board."""

from django.urls import path

from essaim.commons.sharing.views import desk, members

app_name = "sharing"
DESK = "sharing/desk/"

urlpatterns = [
    path("sharing/", members.sharing, name="sharing"),
    path("sharing/<int:civil_year>/", members.year, name="year"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}<int:civil_year>/", desk.desk_year, name="desk_year"),
    path(f"{DESK}<int:civil_year>/propose/", desk.desk_propose, name="desk_propose"),
]
