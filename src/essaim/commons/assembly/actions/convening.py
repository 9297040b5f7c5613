"""Preparing an assembly and convening it in time, with the proof that each associate was told."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from essaim.commons.assembly import queries
from essaim.commons.assembly.models import GeneralAssembly, Notice
from essaim.commons.assembly.rules.refusals import (
    AgendaFrozen,
    EmptyAgenda,
    NoticeTooShort,
    WrongStep,
)
from essaim.commons.cooperative.models import Associate, NoticeConsent, Register
from essaim.commons.statutes.rules import assemblies
from essaim.commons.statutes.rules.notices import earliest_meeting_day
from essaim.commons.statutes.rules.statutes import SARL
from essaim.commons.statutes.rules.statutes import Assembly as Kind
from essaim.core.messages.actions import write_email
from essaim.web.environment import day, moment

State = GeneralAssembly.State
BATCH = 2000


@transaction.atomic
def draft_assembly(
    *,
    register: Register,
    kind: Kind,
    title: str,
    place: str,
    meets_at: datetime,
    convening: int = 1,
    amendments_until: datetime | None = None,
) -> GeneralAssembly:
    """Write down an assembly to come; nobody is told yet."""
    return GeneralAssembly.objects.create(
        register=register,
        kind=kind.value,
        title=title,
        place=place,
        meets_at=meets_at,
        convening=convening,
        amendments_until=amendments_until,
    )


@transaction.atomic
def revise_draft(
    *,
    assembly: GeneralAssembly,
    kind: Kind,
    title: str,
    place: str,
    meets_at: datetime,
    convening: int = 1,
    amendments_until: datetime | None = None,
) -> GeneralAssembly:
    """Write otherwise when, where and as what an assembly meets.

    Args:
        note: where the point comes from; an address in it is a link.

    Raises:
        AgendaFrozen: the notice was sent with them.
    """
    assembly = lock_draft(assembly)
    assembly.kind, assembly.title, assembly.place = kind.value, title, place
    assembly.meets_at, assembly.convening = meets_at, convening
    assembly.amendments_until = amendments_until
    assembly.save(
        update_fields=["kind", "title", "place", "meets_at", "convening", "amendments_until"]
    )
    return assembly


@transaction.atomic
def convene(*, assembly: GeneralAssembly, now: datetime) -> GeneralAssembly:
    """Send the notice to everybody who has a vote, and fix who that is.

    Associates with an address are written to by e-mail; where the form of the cooperative asks for
    their consent and it is missing or too young, and for those without address, a letter is due:
    it is listed for the secretary to post, and counted as sent with the others.

    Raises:
        WrongStep: it was convened before. EmptyAgenda: no point.
        NoticeTooShort: too few days are left; `details` has the first day it may be held.
    """
    assembly = lock(assembly, State.DRAFT)
    if not assembly.agenda.exists():
        raise EmptyAgenda
    statutes = queries.statutes_of(assembly)
    meeting_day, today = timezone.localdate(assembly.meets_at), timezone.localdate(now)
    days = assemblies.notice_days(
        statutes, Kind(assembly.kind), day=meeting_day, convening=assembly.convening
    )
    if days is not None and meeting_day < earliest_meeting_day(today, days=days):
        earliest = earliest_meeting_day(today, days=days)
        raise NoticeTooShort(days=days, earliest_on=day(earliest))
    assembly.state, assembly.record_at = State.CONVENED, now
    assembly.save(update_fields=["state", "record_at"])
    needs_consent = statutes.form in SARL
    _send(assembly, needs_consent=needs_consent, now=now)
    return assembly


def lock(assembly: GeneralAssembly, *states: str) -> GeneralAssembly:
    """Lock an assembly, read it afresh and see that it is in one of these states (1 query).

    Raises:
        WrongStep: it is not; `details` has where it stands.
    """
    locked = (
        GeneralAssembly.objects.select_for_update(of=("self",))
        .select_related("register__organisation")
        .get(pk=assembly.pk)
    )
    if locked.state not in states:
        raise WrongStep(state=locked.state)
    return locked


def lock_draft(assembly: GeneralAssembly) -> GeneralAssembly:
    """Lock an assembly that nobody was convened to (1 query).

    Raises:
        AgendaFrozen: the notice was sent.
    """
    try:
        return lock(assembly, State.DRAFT)
    except WrongStep as step:
        raise AgendaFrozen(**step.details) from step


def _send(assembly: GeneralAssembly, *, needs_consent: bool, now: datetime) -> None:
    agenda = list(assembly.agenda.order_by("position").values_list("position", "title"))
    willing = _consenting(assembly) if needs_consent else None
    notices, texts = [], {}
    people = queries.entitled_at(assembly).select_related("member", "organisation")
    for associate in people.iterator(chunk_size=BATCH):
        address = _address_of(associate)
        by_email = address and (willing is None or associate.pk in willing)
        email_id = None
        if by_email:
            language = associate.member.language if associate.member else settings.LANGUAGE_CODE
            if language not in texts:
                with override(language):
                    subject = _("Notice: {title}").format(title=assembly.title)
                    texts[language] = subject, _text(assembly, agenda)
            subject, body = texts[language]
            email_id = write_email(recipient=address, subject=subject, body=body, now=now)
        channel = Notice.Channel.EMAIL if by_email else Notice.Channel.POST
        notices.append(
            Notice(
                assembly=assembly, associate=associate, channel=channel, sent_at=now,
                email_id=email_id,
            )
        )  # fmt: skip
    Notice.objects.bulk_create(notices, batch_size=BATCH)


def _address_of(associate: Associate) -> str:
    if associate.member is not None:
        return associate.member.email
    return associate.organisation.email if associate.organisation is not None else ""


def _consenting(assembly: GeneralAssembly) -> set[int]:
    """Associates whose last word is a consent, given early enough for this meeting (1 query)."""
    rows = (
        NoticeConsent.objects.filter(associate__register=assembly.register_id)
        .order_by("associate_id", "-pk")
        .distinct("associate_id")
        .values_list("associate_id", "is_given", "recorded_at")
    )
    meeting_day = timezone.localdate(assembly.meets_at)
    return {
        associate_id
        for associate_id, is_given, recorded_at in rows
        if is_given
        and assemblies.counts_for_notice(
            consented_on=timezone.localdate(recorded_at), meeting_day=meeting_day
        )
    }


def _text(assembly: GeneralAssembly, agenda: Sequence[tuple[int, str]]) -> str:
    lines = [
        _("You are convened to the general assembly of {name}.").format(
            name=assembly.register.organisation.name
        ),
        "",
        _("When: {moment}").format(moment=moment(assembly.meets_at)),
        _("Where: {place}").format(place=assembly.place),
        "",
        _("Agenda"),
        *(f"  {position}. {title}" for position, title in agenda),
        "",
        *_amending(assembly),
        _("If you cannot come, give your vote to another associate."),
    ]
    return "\n".join(lines)


def _amending(assembly: GeneralAssembly) -> list[str]:
    if assembly.last_amending_day is None:
        return []
    until = day(assembly.last_amending_day)
    return [_("Amendments are proposed in writing until {day} included.").format(day=until)]
