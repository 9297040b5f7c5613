"""What the law wants on paper: numbered, frozen once issued, kept with its printed form."""

from django.db import models
from django.db.models import Q

from essaim.core.documents.rules import Kind
from essaim.kernel.identifiers import uuid7

KINDS = [(kind.value, kind.value) for kind in Kind]


class DocumentSeries(models.Model):
    """The numbers of one seller, for one kind of document and one year.

    The row is locked from the allocation of a number to the end of the transaction that issues
    the document: a rollback gives the number back, so that none is ever missing or used twice.
    """

    seller = models.ForeignKey(
        "members.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=KINDS)
    year = models.PositiveSmallIntegerField()
    next_number = models.PositiveIntegerField(default=1)
    last_issued_at = models.DateTimeField(null=True, blank=True)
    """Dates never go back when numbers go up."""
    last_sha256 = models.CharField(max_length=64, blank=True)
    """Digest of the last document: the next one holds it, so none can be taken out unseen."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "kind", "year"], name="documents_one_series_a_year"
            ),
            models.CheckConstraint(
                condition=Q(next_number__gte=1), name="documents_numbers_from_1"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.year}"


class Document(models.Model):
    """A receipt, an invoice or a credit note; all that is printed on it is in `snapshot`."""

    Kind = Kind

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(max_length=120, unique=True)
    """What was asked: asking again under the same key gives the same document."""
    kind = models.CharField(max_length=12, choices=KINDS)
    series = models.ForeignKey(
        DocumentSeries, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=24)
    seller = models.ForeignKey(
        "members.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agreement = models.ForeignKey(
        "agreements.Agreement", on_delete=models.PROTECT, related_name="documents"
    )
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    issued_at = models.DateTimeField()
    total_cents = models.BigIntegerField()
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="documents_number_once"),
            models.CheckConstraint(
                condition=Q(kind=Kind.CREDIT_NOTE.value, corrects__isnull=False)
                | (~Q(kind=Kind.CREDIT_NOTE.value) & Q(corrects__isnull=True)),
                name="documents_a_credit_note_corrects",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-issued_at"], name="documents_of_seller")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"


class DocumentFile(models.Model):
    """The printed form as first made: later versions of the layout never change it.

    Kept in the database and not in a folder: it is saved, restored and moved with the document, and
    the same trigger forbids changing it. Its own table, so that lists never read it.
    """

    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, related_name="file", primary_key=True
    )
    pdf = models.BinaryField()
    xml = models.BinaryField(null=True)
    """The invoice for machines (CII, also inside the PDF); None for a receipt."""
    sha256 = models.CharField(max_length=64)
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.sha256[:12]}"
