"""Reading subjects, who speaks for whom on each, questions and what was answered."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from essaim.commons.consultation import articles
from essaim.commons.consultation.models import Answer, Consultation, Delegation, Subject
from essaim.commons.consultation.rules.delegations import Gift, Web, woven
from essaim.commons.cooperative.models import Associate, Register
from essaim.core.bylaws import queries as bylaws


def subjects(register: Register) -> "QuerySet[Subject]":
    """The subjects that are open, by name; lazy."""
    return Subject.objects.filter(register=register, closed_at=None).order_by("label")


def entitled_at(register: Register, at: datetime) -> "QuerySet[Associate]":
    """The associates at an instant, by number; lazy."""
    return register.associates.filter(
        Q(left_at=None) | Q(left_at__gt=at), admitted_at__lte=at
    ).order_by("number")


def webs(subject_ids: Iterable[int], *, at: datetime) -> dict[int, Web]:
    """Who speaks for whom at an instant, by subject (2 queries).

    A voice whose giver or holder has left stands no more.
    """
    rows = Delegation.objects.filter(
        Q(revoked_at=None) | Q(revoked_at__gt=at),
        Q(giver__left_at=None) | Q(giver__left_at__gt=at),
        Q(holder__left_at=None) | Q(holder__left_at__gt=at),
        subject__in=list(subject_ids),
        given_at__lte=at,
    )
    gifts: dict[int, list[Gift]] = {subject_id: [] for subject_id in subject_ids}
    for subject_id, giver, holder in rows.order_by("given_at", "pk").values_list(
        "subject_id", "giver_id", "holder_id"
    ):
        gifts[subject_id].append(Gift(giver, holder))
    cap = bylaws.value(articles.DELEGATIONS_MAX, at=at)
    return {subject_id: woven(found, cap=cap) for subject_id, found in gifts.items()}


def associates_named(ids: Iterable[int]) -> dict[int, Associate]:
    """A few associates by key, their names loaded (1 query)."""
    rows = Associate.objects.filter(pk__in=set(ids)).select_related("member", "organisation")
    return {one.pk: one for one in rows}


def given(subject: Subject, giver: Associate) -> Delegation | None:
    """The voice that an associate gave on a subject (1 query)."""
    rows = Delegation.objects.filter(subject=subject, giver=giver, revoked_at=None)
    return rows.select_related("holder__member", "holder__organisation").order_by().first()


def consultations(register: Register) -> "QuerySet[Consultation]":
    """Every question, the last to end first, with `answers_count`; lazy."""
    rows = Consultation.objects.filter(subject__register=register).select_related("subject")
    return rows.annotate(answers_count=Count("answers")).order_by("-closes_at", "-pk")


def waiting_for(
    register: Register, voices: Iterable[Associate], *, at: datetime
) -> "QuerySet[Consultation]":
    """The open questions that somebody among these has not answered, by end; lazy."""
    unanswered = Q(pk__in=[])
    for one in voices:
        answered = Answer.objects.filter(associate=one).values("consultation")
        unanswered |= ~Q(pk__in=answered)
    rows = Consultation.objects.filter(
        unanswered, subject__register=register, opened_at__lte=at, closes_at__gt=at
    )
    return rows.order_by("closes_at", "pk")


def answers_of(consultation: Consultation, associates: Iterable[Associate]) -> dict[int, Answer]:
    """What a few associates answered, by associate (1 query)."""
    rows = Answer.objects.filter(
        consultation=consultation, associate__in=[one.pk for one in associates]
    )
    return {one.associate_id: one for one in rows}
