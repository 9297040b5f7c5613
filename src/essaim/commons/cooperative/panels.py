"""What the cooperative tells a member in their own space."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.cooperative import policies, queries
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.cooperative.models import Register
from essaim.core.members.models import Member
from essaim.kernel.trades import PanelRow


def member_rows(member: Member, register: Register | None) -> list[PanelRow]:
    """Their shares, their requests, the desk of the board (1 to 6 queries)."""
    if register is None:
        return []
    mine = reverse("cooperative:my_shares")
    associates = [
        one for one in queries.associates_acted_for(register, member) if one.left_at is None
    ]
    held = queries.shares_by_associate(associates) if associates else {}
    rows = [
        PanelRow(_("Shares of {name}").format(name=holder_name(one)), mine, _shares(held[one.pk]))
        for one in associates
    ]
    rows += [
        PanelRow(
            _("Request: {shares}").format(shares=_shares(one.shares)),
            reverse("cooperative:request", args=[one.public_id]), _("under way"), "honey",
        )
        for one in queries.requests_of(register, member)
    ]  # fmt: skip
    if not rows:
        rows = [PanelRow(_("Become an associate"), reverse("cooperative:join"))]
    if policies.may_keep_register(member, register):
        counts = queries.desk_counts(register)
        waiting = counts["requests"] + counts["exits"]
        detail = _("{count} to decide").format(count=waiting) if waiting else ""
        rows.append(PanelRow(_("The board’s desk"), reverse("cooperative:desk"), detail, "honey"))
    return rows


def portrait(member: Member) -> list[dict[str, object]]:
    """What the register holds of a member in their own name, to take away (3 queries a number)."""
    register = queries.the_register()
    mine = queries.associates_acted_for(register, member) if register else []
    return [
        {
            "number": one.number,
            "category": one.category.label,
            "college": one.college.label if one.college else None,
            "admitted_at": one.admitted_at,
            "left_at": one.left_at,
            "movements": [
                {"number": row.number, "kind": row.kind, "moved_at": row.moved_at,
                 "shares": row.shares if row.to_associate_id == one.pk else -row.shares}
                for row in queries.movements_of(one)
            ],
            "notices_by_email": list(
                one.consents.order_by("pk").values("is_given", "recorded_at")
            ),
        }
        for one in mine
        if one.member_id == member.pk
    ]  # fmt: skip


def _shares(count: int) -> str:
    return ngettext("%(num)s share", "%(num)s shares", count) % {"num": count}
