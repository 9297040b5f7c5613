"""Addresses of the assembly, for those who follow it."""

from django.urls import path

from essaim.commons.assembly.views import (
    amending,
    following,
    keys,
    reading,
    records,
    voting,
    weights,
)

app_name = "assembly"
ONE = "assembly/<uuid:assembly_id>/"
POINT = f"{ONE}points/<int:position>/"
AMENDMENT = f"{POINT}amendments/<int:amendment>/"

urlpatterns = [
    path("assembly/", following.assemblies, name="assemblies"),
    path("assembly/weights/", weights.weights, name="weights"),
    path(f"{POINT}key/", keys.key, name="key"),
    path(ONE, following.assembly, name="assembly"),
    path(f"{ONE}proxies/<int:number>/", following.proxy, name="proxy"),
    path(f"{ONE}files/<uuid:file_id>/", reading.file, name="file"),
    path(f"{ONE}questions/", reading.questions, name="questions"),
    path(f"{ONE}minutes/", records.minutes, name="minutes"),
    path(f"{POINT}ballots/", records.ballots, name="ballots"),
    path(f"{POINT}ballots.csv", records.ballots_csv, name="ballots_csv"),
    path(f"{POINT}recount.zip", records.recount, name="recount"),
    path(f"{POINT}votes/<int:number>/", voting.vote, name="vote"),
    path(f"{POINT}help/<int:number>/", voting.help_to_vote, name="help_to_vote"),
    path(f"{POINT}amendments/", amending.amendments, name="amendments"),
    path(f"{AMENDMENT}votes/<int:number>/", voting.vote, name="vote_on_amendment"),
    path(f"{AMENDMENT}help/<int:number>/", voting.help_to_vote, name="help_with_amendment"),
]
