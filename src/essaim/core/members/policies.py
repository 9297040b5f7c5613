"""Who may act for an organisation or for a person."""

from datetime import datetime

from essaim.core.members import queries
from essaim.core.members.models import Assistance, Member, Membership, Organisation

Role = Membership.Role


def may_manage(member: Member, organisation: Organisation) -> bool:
    """Managers run their organisation: its offers, its orders, its people (1 query)."""
    return Role.MANAGER in queries.roles_in(member, organisation.pk)


def may_work_for(member: Member, organisation: Organisation) -> bool:
    """Managers and workers prepare, weigh and hand over (1 query)."""
    return bool({Role.MANAGER, Role.WORKER} & queries.roles_in(member, organisation.pk))


def may_keep_books(member: Member) -> bool:
    """Clerks of the cooperative see its ledger, invoices and exports (1 query)."""
    return _has_role_in_cooperative(member, Role.CLERK)


def may_sit_on_board(member: Member) -> bool:
    """Board members of the cooperative (1 query)."""
    return _has_role_in_cooperative(member, Role.BOARD)


def may_observe_territory(member: Member) -> bool:
    """Agents of a local authority see aggregates, never people (1 query)."""
    return Membership.objects.filter(
        member=member, organisation__kind=Organisation.Kind.LOCAL_AUTHORITY, role=Role.OBSERVER
    ).exists()


def may_act_for(helper: Member, helped: Member, *, scope: str, at: datetime) -> bool:
    """Oneself always; somebody else only under an assistance in force (0 or 1 query)."""
    if helper == helped:
        return True
    found: Assistance | None = queries.assistance_in_force(
        helper=helper, helped=helped, scope=scope, at=at
    )
    return found is not None


def may_read_for(helper: Member, helped: Member, *, at: datetime) -> bool:
    """Oneself, and whoever helps: to order is also to read (0 or 1 query)."""
    return helper == helped or queries.is_helped_by(helped=helped, helper=helper, at=at)


def may_see_assistance(member: Member, assistance: Assistance) -> bool:
    """The two people it is about, and nobody else (0 queries)."""
    return member.pk in {assistance.helper_id, assistance.helped_id}


def _has_role_in_cooperative(member: Member, role: str) -> bool:
    return Membership.objects.filter(
        member=member, organisation__kind=Organisation.Kind.COOPERATIVE, role=role
    ).exists()
