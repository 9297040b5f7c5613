"""Messages to people: written with the transaction that causes them, sent later."""

from django.db import models

from essaim.kernel.identifiers import uuid7


class OutgoingEmail(models.Model):
    """An e-mail in the outbox. It exists if and only if what it tells was committed."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    html_body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    tried_count = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], name="messages_waiting", condition=models.Q(sent_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.recipient}: {self.subject}"


class OutgoingAttachment(models.Model):
    """A file that travels with an e-mail."""

    email = models.ForeignKey(OutgoingEmail, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"
