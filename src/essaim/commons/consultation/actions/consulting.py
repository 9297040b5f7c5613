"""Asking associates, answering, counting with and without the voices given."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from essaim.commons.assembly.rules.elections import GRADE_MAX, PAPERS, Election, Method
from essaim.commons.consultation import queries
from essaim.commons.consultation.actions.delegating import lock
from essaim.commons.consultation.models import Answer, Consultation, Subject
from essaim.commons.consultation.rules import counting
from essaim.commons.consultation.rules.delegations import carried
from essaim.commons.consultation.rules.refusals import (
    ConsultationOver,
    EndsTooSoon,
    NotOverYet,
    NoVoice,
    TooFewAnswers,
)
from essaim.commons.cooperative.models import Associate
from essaim.commons.deliberation.actions.telling import tell_associates
from essaim.commons.urn.rules.choices import Paper
from essaim.core.members.models import Member
from essaim.web.environment import moment

DAYS_MIN = 2


@transaction.atomic
def open_consultation(
    *,
    subject: Subject,
    question: str,
    text: str,
    labels: Sequence[str],
    method: Method,
    closes_at: datetime,
    by: Member,
    now: datetime,
) -> Consultation:
    """Ask all associates a question; each is written to.

    Raises:
        SubjectClosed: it is. TooFewAnswers: nothing to choose, or twice the same.
        EndsTooSoon: less than two days.
        ValueError: a method that does not choose one answer (a bug of the caller).
    """
    if method not in counting.METHODS:
        raise ValueError(method)
    subject = lock(subject)
    kept = [label.strip()[:120] for label in labels if label.strip()]
    if len(kept) < 2 or len(set(kept)) < len(kept):
        raise TooFewAnswers
    if closes_at < now + timedelta(days=DAYS_MIN):
        raise EndsTooSoon(days=DAYS_MIN)
    asked = Consultation.objects.create(
        subject=subject, question=question, text=text, method=method.value, opened_at=now,
        opened_by=by, closes_at=closes_at,
        options=[{"code": f"c{n}", "label": label} for n, label in enumerate(kept, start=1)],
    )  # fmt: skip
    people = queries.entitled_at(subject.register, now).select_related("member", "organisation")
    tell_associates(
        people,
        lambda: (
            _("A question for you: {question}").format(question=question),
            [_("Until {moment}.").format(moment=moment(closes_at)),
             _("Answer yourself, or whoever you gave your voice to on this subject does.")],
        ),
        address=_address(asked),
        now=now,
    )  # fmt: skip
    return asked


@transaction.atomic
def answer(
    *, consultation: Consultation, associate: Associate, choice: Any, by: Member, now: datetime
) -> Answer:
    """Answer in one's own name; the last answer counts, and no delegation does meanwhile.

    Raises:
        ConsultationOver: its time is past. NoVoice: they have left.
        PaperSpoilt: none of the answers offered.
    """
    # The lock makes a count wait for the answers that came before the end.
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("subject")
    found = rows.get(pk=consultation.pk)
    if found.closes_at <= now or found.counted_at is not None:
        raise ConsultationOver
    if associate.left_at is not None or associate.register_id != found.subject.register_id:
        raise NoVoice
    said, _is_new = Answer.objects.update_or_create(
        consultation=found,
        associate=associate,
        defaults={"choice": paper_of(found).check(choice), "said_at": now, "said_by": by},
    )
    return said


@transaction.atomic
def count(*, consultation: Consultation, now: datetime) -> Consultation:
    """Count a question that is over, under the voices as they were given at its end.

    Whenever it is done, it comes out the same: what was answered, given or taken back afterwards
    does not enter it. Counted once, it stays.

    Raises:
        NotOverYet: its time is not past.
    """
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("subject__register")
    found = rows.get(pk=consultation.pk)
    if found.closes_at > now:
        raise NotOverYet
    if found.counted_at is not None:
        return found
    end, register = found.closes_at, found.subject.register
    numbers = dict(queries.entitled_at(register, end).values_list("pk", "number"))
    answers = {
        one: choice
        for one, choice in found.answers.values_list("associate_id", "choice")
        if one in numbers
    }
    web = queries.webs([found.subject_id], at=end)[found.subject_id]
    speakers = carried(web, answers.keys())
    election = Election(
        Method(found.method), tuple(one["code"] for one in found.options), 1, str(found.public_id)
    )
    found.outcome = counting.both_counts(election, answers, speakers) | {
        "entitled_count": len(numbers),
        "chains": [
            [numbers[giver], *_until(web.chain(giver), speaker, numbers)]
            for giver, speaker in sorted(speakers.items(), key=lambda pair: numbers[pair[0]])
        ],
    }
    found.counted_at = now
    found.save(update_fields=["outcome", "counted_at"])
    return found


@transaction.atomic
def count_due(*, now: datetime) -> int:
    """Count the questions whose time is over; return how many (worker)."""
    due = Consultation.objects.filter(counted_at=None, closes_at__lte=now).order_by("pk")
    for one in due:
        count(consultation=one, now=now)
    return len(due)


def paper_of(consultation: Consultation) -> Paper:
    """What may be answered."""
    method = Method(consultation.method)
    return Paper(
        PAPERS[method],
        tuple(one["code"] for one in consultation.options),
        GRADE_MAX if method is Method.MAJORITY_JUDGMENT else 0,
    )


def _until(chain: Sequence[int], speaker: int, numbers: dict[int, int]) -> list[int]:
    """The numbers along a chain, up to whoever spoke."""
    return [numbers[one] for one in chain[: chain.index(speaker) + 1]]


def _address(asked: Consultation) -> str:
    path = reverse("consultation:consultation", args=[asked.public_id])
    return f"{settings.BASE_URL}{path}"
