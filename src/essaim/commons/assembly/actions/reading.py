"""What is read before the meeting: documents of a point, questions in writing and their answers."""

import hashlib
from datetime import datetime
from typing import IO, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from essaim.commons.assembly import queries
from essaim.commons.assembly.actions.convening import lock, lock_draft
from essaim.commons.assembly.models import AgendaFile, AgendaItem, GeneralAssembly, Question
from essaim.commons.assembly.rules.refusals import (
    FileNotPdf,
    FileTooHeavy,
    NotEntitled,
    QuestionTooLate,
)
from essaim.commons.cooperative.models import Associate
from essaim.core.members.models import Member

State = GeneralAssembly.State
OPEN: Final = (State.DRAFT, State.CONVENED, State.SITTING)
MEGABYTE: Final = 1024 * 1024
FILE_MEGABYTES_MAX: Final = 5
PDF: Final = b"%PDF-"


@transaction.atomic
def attach_file(*, item: AgendaItem, title: str, upload: IO[bytes], now: datetime) -> AgendaFile:
    """Attach a PDF to a point. After the notice too, until the close: its date is then shown.

    Raises:
        WrongStep: the meeting is over. FileNotPdf: another kind of file. FileTooHeavy.
    """
    lock(item.assembly, *OPEN)
    content = upload.read(FILE_MEGABYTES_MAX * MEGABYTE + 1)
    if len(content) > FILE_MEGABYTES_MAX * MEGABYTE:
        raise FileTooHeavy(megabytes_max=FILE_MEGABYTES_MAX)
    if not content.startswith(PDF):
        raise FileNotPdf
    digest = hashlib.sha256(content).hexdigest()
    file = AgendaFile.objects.create(
        item=item, title=title, size_bytes=len(content), digest=digest, added_at=now
    )
    default_storage.save(file.path, ContentFile(content))
    return file


@transaction.atomic
def remove_file(*, file: AgendaFile) -> None:
    """Take a document away, with its file once the transaction stands.

    Raises:
        AgendaFrozen: the notice was sent: people may have read it.
    """
    lock_draft(file.item.assembly)
    path = file.path
    file.delete()
    transaction.on_commit(lambda: default_storage.delete(path))


@transaction.atomic
def ask(
    *,
    assembly: GeneralAssembly,
    associate: Associate,
    text: str,
    item: AgendaItem | None = None,
    now: datetime,
) -> Question:
    """Ask a question in writing, before the meeting; it is answered for everybody.

    Raises:
        WrongStep: nobody is convened yet. QuestionTooLate: the meeting has begun, or was to.
        NotEntitled: no vote at this assembly.
    """
    assembly = lock(assembly, State.CONVENED, State.SITTING, State.CLOSED)
    if assembly.state != State.CONVENED or now >= assembly.meets_at:
        raise QuestionTooLate
    if not queries.entitled_at(assembly).filter(pk=associate.pk).exists():
        raise NotEntitled
    return Question.objects.create(
        assembly=assembly, item=item, associate=associate, text=text, asked_at=now
    )


@transaction.atomic
def answer(*, question: Question, text: str, by: Member, now: datetime) -> Question:
    """Answer a question in writing; written again before the close, the last answer counts.

    Raises:
        WrongStep: the meeting is over: the minutes are written.
    """
    lock(question.assembly, State.CONVENED, State.SITTING)
    question.answer, question.answered_by, question.answered_at = text, by, now
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    return question
