"""Addresses of deliberation: proposals, rounds, the board's desk."""

from django.urls import path

from essaim.commons.deliberation.views import debate, desk, proposals, rounds

app_name = "deliberation"
ROOM = "deliberation/"
ROUND = f"{ROOM}rounds/<uuid:round_id>/"
ONE = f"{ROOM}proposals/<uuid:proposal_id>/"

urlpatterns = [
    path(ROOM, proposals.listing, name="proposals"),
    path(f"{ROOM}propose/", proposals.propose, name="propose"),
    path(f"{ROOM}desk/", desk.desk, name="desk"),
    path(ONE, proposals.proposal, name="proposal"),
    path(f"{ONE}edit/", proposals.edit, name="edit"),
    path(f"{ONE}comments/", debate.say, name="say"),
    path(f"{ONE}follow/", debate.follow, name="follow"),
    path(f"{ROOM}comments/<uuid:comment_id>/", debate.comment, name="comment"),
    path(f"{ONE}versions/<int:number>/", proposals.version, name="version"),
    path(f"{ROOM}rounds/", rounds.listing, name="rounds"),
    path(f"{ROOM}rounds/open/", rounds.open_one, name="open_round"),
    path(ROUND, rounds.one, name="round"),
    path(f"{ROUND}statements/<int:number>/", rounds.statement, name="statement"),
]
