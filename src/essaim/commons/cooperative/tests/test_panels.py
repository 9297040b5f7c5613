"""What the cooperative tells a member in their own space."""

from essaim.commons.cooperative import actions, panels
from essaim.commons.cooperative.queries import the_register
from essaim.commons.cooperative.tests import world as w


def told(member):
    return [(row.title, row.detail) for row in panels.member_rows(member, the_register())]


def test_without_a_register_nothing_is_told(db):
    assert told(w.person("bea")) == []


def test_a_newcomer_is_told_how_to_join(world):
    assert told(world.amina) == [("Devenir sociétaire", "")]


def test_an_associate_sees_their_shares_those_of_their_farm_and_what_is_under_way(world):
    world.join(world.farmer, shares=3)
    world.join(world.farmer, "producers", 5, organisation=world.farm)
    world.ask(world.farmer, shares=1)

    assert told(world.farmer) == [
        ("Parts de Ferme du Lys", "5 parts"), ("Parts de Luc", "3 parts"),
        ("Demande\u00a0: 1 part", "en cours"),
    ]  # fmt: skip


def test_the_board_sees_what_it_has_to_decide(world):
    assert told(world.board)[-1] == ("Le bureau du conseil", "")
    world.ask()

    assert told(world.board)[-1] == ("Le bureau du conseil", "1 à décider")


def test_the_space_shows_them(client, world):
    client.force_login(world.board)

    assert "Le bureau du conseil" in client.get("/my/").content.decode()


def test_what_the_register_holds_of_a_member_goes_with_their_data(client, world):
    farm = world.join(world.farmer, "producers", 5, organisation=world.farm)
    mine = world.join(world.farmer, shares=3, accepts_notices=True)
    actions.transfer_shares(
        giver=mine, taker=farm, shares=1, reason="", by=world.board, now=w.LATER
    )
    client.force_login(world.farmer)

    (held,) = client.get("/my/data/file/").json()["shares"]

    assert (held["number"], [row["shares"] for row in held["movements"]]) == (2, [-1, 3])
    assert held["notices_by_email"][0]["is_given"]
