"""Requests for shares: asked, paid, admitted; or refused, withdrawn, waiting for room."""

from django.db import models
from django.db.models import Q

from essaim.commons.cooperative.models.shares import ShareMovement
from essaim.commons.cooperative.models.statutes import Category, College, Register
from essaim.kernel.identifiers import uuid7

PROTECT = models.PROTECT


class ShareRequest(models.Model):
    """Somebody wants shares: for themselves, or for an organisation they act for."""

    class State(models.TextChoices):
        WAITING = "waiting"
        """No room under a ceiling: in the queue, nothing to pay yet."""
        ASKED = "asked"
        PAID = "paid"
        ADMITTED = "admitted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.ForeignKey(
        Register, on_delete=PROTECT, related_name="requests", db_index=False
    )
    member = models.ForeignKey("members.Member", on_delete=PROTECT, related_name="share_requests")
    organisation = models.ForeignKey(
        "members.Organisation", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    category = models.ForeignKey(Category, on_delete=PROTECT, related_name="+", db_index=False)
    college = models.ForeignKey(
        College, null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    shares = models.PositiveIntegerField()
    nominal_cents = models.PositiveIntegerField()
    means = models.CharField(max_length=16)
    accepts_notices = models.BooleanField()
    agreement = models.OneToOneField(
        "agreements.Agreement", null=True, blank=True, on_delete=PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State)
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "members.Member", null=True, on_delete=PROTECT, related_name="+", db_index=False
    )
    reason = models.CharField(max_length=500, blank=True)
    """Why it was refused, as the person reads it."""
    movement = models.OneToOneField(
        ShareMovement, null=True, blank=True, on_delete=PROTECT, related_name="request"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shares__gt=0, nominal_cents__gt=0), name="cooperative_asks_something"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "paid", "admitted"]) | Q(agreement__isnull=False),
                name="cooperative_asked_is_agreed",
            ),
            models.CheckConstraint(
                condition=Q(state="admitted", movement__isnull=False)
                | (~Q(state="admitted") & Q(movement=None)),
                name="cooperative_admitted_has_shares",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "asked", "paid"], closed_at=None)
                | Q(state__in=["admitted", "refused", "withdrawn"], closed_at__isnull=False),
                name="cooperative_answered_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="cooperative_refusal_says_why"
            ),
            models.UniqueConstraint(
                fields=["register", "member"],
                condition=Q(state__in=["waiting", "asked", "paid"], organisation=None),
                name="cooperative_one_request_of_a_member",
            ),
            models.UniqueConstraint(
                fields=["register", "organisation"],
                condition=Q(state__in=["waiting", "asked", "paid"], organisation__isnull=False),
                name="cooperative_one_request_of_an_organisation",
            ),
        ]
        indexes = [
            models.Index(fields=["register", "state", "asked_at"], name="cooperative_requests")
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.shares} {self.state}"

    @property
    def amount_cents(self) -> int:
        return self.shares * self.nominal_cents
