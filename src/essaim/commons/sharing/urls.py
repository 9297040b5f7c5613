"""Addresses of sharing: for every member, for the clerk and the board."""

from django.urls import path

from essaim.commons.sharing.views import desk, fund, fund_desk, members

app_name = "sharing"
DESK = "sharing/desk/"
FUND = "sharing/fund/"

urlpatterns = [
    path("sharing/", members.sharing, name="sharing"),
    path("sharing/<int:civil_year>/", members.year, name="year"),
    path(FUND, fund.fund, name="fund"),
    path(f"{FUND}<int:civil_year>/<int:number>/", fund.quarter, name="quarter"),
    path(f"{FUND}<int:civil_year>/<int:number>/propose/", fund.propose, name="propose_project"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}fund/", fund_desk.desk_fund, name="desk_fund"),
    path(f"{DESK}<int:civil_year>/", desk.desk_year, name="desk_year"),
    path(f"{DESK}<int:civil_year>/propose/", desk.desk_propose, name="desk_propose"),
]
