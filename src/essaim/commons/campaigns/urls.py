"""Addresses of campaigns: for everybody, for those who contribute, for those who run them."""

from django.urls import path

from essaim.commons.campaigns.views import deliveries, desk, giving, public, reversals

app_name = "campaigns"
DESK = "campaigns/desk/"
ONE = "campaigns/<uuid:campaign_id>/"
POOL = "campaigns/matching/<uuid:pool_id>/"

urlpatterns = [
    path("campaigns/", public.campaigns, name="campaigns"),
    path("campaigns/propose/", giving.propose, name="propose"),
    path(
        "campaigns/contributions/<uuid:contribution_id>/", giving.contribution, name="contribution"
    ),
    path(POOL, public.matching, name="matching"),
    path(f"{POOL}inputs.csv", public.matching_csv, name="matching_csv"),
    path(DESK, desk.desk, name="desk"),
    path(f"{DESK}reversals/", reversals.reversals, name="reversals"),
    path(f"{DESK}matching/<uuid:pool_id>/", desk.desk_pool, name="desk_pool"),
    path(f"{DESK}<uuid:campaign_id>/", desk.desk_campaign, name="desk_campaign"),
    path(ONE, public.campaign, name="campaign"),
    path(f"{ONE}deliveries/", deliveries.deliveries, name="deliveries"),
    path(f"{ONE}edit/", giving.edit, name="edit"),
    path(f"{ONE}contribute/", giving.contribute, name="contribute"),
]
