"""A small territory for the tests of the site: three communes, their money, their people."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from essaim.core.agreements.models import Agreement, Share, Transition
from essaim.core.agreements.rules import State
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Commune, Place, Territory
from essaim.core.territories.rules import Position, cell_of

NUMBERS = count(1)


@dataclass
class World:
    territory: Territory
    farm: Organisation
    buyer: Member
    hall: Place


def commune(code: str, name: str, postcode: str, lat: float, lng: float) -> Commune:
    return Commune.objects.create(
        code=code, name=name, search_text=f" {name.lower()} {postcode}", postcodes=[postcode],
        population=10_000, departement="59", region="32", lat=lat, lng=lng,
    )  # fmt: skip


def build(now: datetime) -> World:
    lille = commune("59350", "Lille", "59000", 50.6292, 3.0573)
    halluin = commune("59279", "Halluin", "59250", 50.7836, 3.1256)
    commune("62041", "Arras", "62000", 50.2910, 2.7775)
    territory = Territory.objects.create(slug="mel", name="Métropole de Lille", created_at=now)
    territory.communes.set([lille, halluin])
    hall = Place.objects.create(
        name="Halle", kind="pickup", address="1 place", commune=lille, lat=50.6292, lng=3.0573,
        shown_lat=50.6292, shown_lng=3.0573, cell_r9=cell_of(Position(50.6292, 3.0573)),
        created_at=now,
    )  # fmt: skip
    return World(
        territory=territory,
        farm=organisation("ferme", town="Halluin"),
        buyer=Member.objects.create_user("amina@exemple.fr", display_name="Amina"),
        hall=hall,
    )


def organisation(slug: str, *, postcode: str = "", town: str = "") -> Organisation:
    return Organisation.objects.create(slug=slug, name=slug.title(), postcode=postcode, town=town)


def deal(
    world: World,
    shares: list[tuple[Organisation | None, int]],
    *,
    proposed_at: datetime,
    settled_at: datetime | None = None,
    place: Place | None = None,
    takes_place_at: datetime | None = None,
    ends_at: datetime | None = None,
    receiver: Member | None = None,
) -> Agreement:
    """Write an agreement with its shares; settled when it says so."""
    number = next(NUMBERS)
    made = Agreement.objects.create(
        number=f"T{number}", territory=world.territory, trade="food", provider=world.farm,
        receiver=receiver or world.buyer, placed_by=receiver or world.buyer,
        total_cents=sum(cents for _, cents in shares), title="Semaine 47", place=place,
        state=State.SETTLED.value if settled_at else State.ACCEPTED.value,
        proposed_at=proposed_at, takes_place_at=takes_place_at, ends_at=ends_at,
    )  # fmt: skip
    for position, (organisation_, cents) in enumerate(shares):
        Share.objects.create(
            agreement=made, position=position, role="part", organisation=organisation_,
            label="part", amount_cents=cents,
        )  # fmt: skip
    if settled_at:
        Transition.objects.create(
            agreement=made, from_state=State.FULFILLED.value, to_state=State.SETTLED.value,
            done_at=settled_at,
        )  # fmt: skip
    return made
