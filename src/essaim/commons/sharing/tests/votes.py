"""An assembly that votes on proposals, from its draft to its minutes."""

from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from essaim.commons.assembly import actions as assemblies
from essaim.commons.assembly import queries as assembly_queries
from essaim.commons.sharing.models import VariantMotion
from essaim.commons.statutes.rules.statutes import Assembly as Kind

NOTICE = timedelta(days=40)


def draft(register, *, day, title="AG des comptes"):
    return assemblies.draft_assembly(
        register=register, kind=Kind.ORDINARY, title=title, place="Halle",
        meets_at=datetime.combine(day, time(16), tzinfo=UTC),
    )  # fmt: skip


def put(variant, assembly, by=None):
    from essaim.commons.sharing import actions

    return actions.put_to_the_vote(
        variant=variant, assembly=assembly, by=by or variant.proposed_by,
        now=assembly.meets_at - NOTICE,
    )  # fmt: skip


def hold(assembly, by, *, choices, is_closed=True):
    """Convene, gather everybody, vote each motion as told in the order of the agenda, close."""
    meets_at = assembly.meets_at
    assembly = assemblies.convene(assembly=assembly, now=meets_at - NOTICE)
    people = list(assembly_queries.entitled_at(assembly).select_related("member"))
    for associate in people:
        assemblies.arrive(assembly=assembly, associate=associate, how="room", now=meets_at)
    assembly = assemblies.open_meeting(assembly=assembly, now=meets_at)
    motions = [item.motion for item in assembly_queries.agenda(assembly)]
    for motion, choice in zip(motions, choices, strict=True):
        assemblies.open_vote(motion=motion, now=meets_at)
        for associate in people:
            assemblies.cast(
                motion=motion, associate=associate, choice=choice, by=associate.member,
                now=meets_at,
            )  # fmt: skip
        assemblies.close_vote(motion=motion, by=by, now=meets_at)
    if is_closed:
        assemblies.close_meeting(assembly=assembly, by=by, now=meets_at)
    return assembly


def carry(*variants, day, choice="yes", is_closed=True):
    """Put these to the vote of one assembly of that day; return the votes, in their order."""
    first = variants[0]
    register, by = first.year.register, first.proposed_by
    with timezone.override("Europe/Paris"):
        assembly = draft(register, day=day)
        for variant in variants:
            put(variant, assembly)
        hold(assembly, by, choices=[choice] * len(variants), is_closed=is_closed)
    rows = VariantMotion.objects.filter(motion__item__assembly=assembly)
    return list(rows.order_by("motion__item__position"))
