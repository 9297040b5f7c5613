"""What a host does once: found the installation."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.text import slugify

from essaim.core.members.actions import give_role
from essaim.core.members.models import Member, Membership, Organisation
from essaim.core.territories.actions import create_territory
from essaim.kernel.errors import N_, RuleBroken
from essaim.site import founding
from essaim.site.founding import Choice

FOUNDER_ROLES = (Membership.Role.MANAGER, Membership.Role.BOARD, Membership.Role.CLERK)


class AlreadyFounded(RuleBroken):
    code = "site.already-founded"
    sentence = N_("This installation already has its cooperative.")


@transaction.atomic
def found(
    *,
    name: str,
    siren: str,
    territory: Choice,
    territory_name: str,
    founder_name: str,
    founder_email: str,
    now: datetime,
) -> Member:
    """Draw the territory, create the cooperative and its first member, who holds every key.

    Returns:
        the first member, without a password: `founding.first_sign_in_link` lets them choose one.

    Raises:
        AlreadyFounded: there is a cooperative here.
        RuleBroken: what `create_territory` refuses.
    """
    if founding.is_founded():
        raise AlreadyFounded
    communes = [territory.commune_code] if territory.commune_code else []
    create_territory(
        name=territory_name, epci_code=territory.epci_code, commune_codes=communes, now=now
    )
    cooperative = Organisation.objects.create(
        slug=slugify(name)[:60] or "cooperative",
        name=name,
        kind=Organisation.Kind.COOPERATIVE,
        siren=siren,
        email=founder_email,
        created_at=now,
    )
    founder = Member.objects.create_user(founder_email, display_name=founder_name, joined_at=now)
    for role in FOUNDER_ROLES:
        give_role(member=founder, organisation=cooperative, role=role)
    # No code by e-mail for the first member: there may be no mail server yet.
    EmailAddress.objects.create(user=founder, email=founder.email, verified=True, primary=True)
    return founder
