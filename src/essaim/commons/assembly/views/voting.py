"""The ballot of one vote, and the receipt of a secret one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from essaim.commons.assembly import actions, queries, wording
from essaim.commons.assembly.actions.deciding import Put
from essaim.commons.assembly.annexes import amendment_kept
from essaim.commons.assembly.forms import ChoiceForm, PaperForm
from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.queries import Seat
from essaim.commons.assembly.views import loading
from essaim.commons.assembly.wording import AmendmentTold
from essaim.commons.cooperative.actions.certificates import holder_name
from essaim.commons.urn import actions as urn
from essaim.commons.urn.actions import Receipt
from essaim.commons.urn.models import NamedBallot, Poll
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.web.access import by_policy
from essaim.web.refusals import sentence_of


# Never `@idempotent`: it keeps a digest of each answered form beside the member who sent it, and
# of four choices the digest is soon guessed: a link from the voter to the choice. Casting needs it
# not: the same paper sent again replaces its own ballot, a named ballot stands once on the roll.
# For the same reason the choice is in no address, no message, no session, no report of a breakdown.
@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def vote(
    request: HttpRequest,
    assembly_id: UUID,
    position: int,
    number: int,
    amendment: int | None = None,
) -> HttpResponse:
    """Vote on a motion, or on an amendment before it; a secret vote answers with a receipt."""
    assembly = loading.followed(request, assembly_id)
    return _vote(request, loading.put_of(assembly, position, amendment), number)


@by_policy("may_attend_assembly")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def help_to_vote(
    request: HttpRequest,
    assembly_id: UUID,
    position: int,
    number: int,
    amendment: int | None = None,
) -> HttpResponse:
    """Vote for somebody who is there and asked for help, choice and receipt in their hands."""
    assembly = loading.followed(request, assembly_id)
    helped = loading.helped_of(request, assembly, number)
    seat = Seat(helped, is_own=False, is_there=True, holder=None, is_holder_there=False)
    return _vote(request, loading.put_of(assembly, position, amendment), number, helped=seat)


def _vote(
    request: HttpRequest, motion: Put, number: int, helped: Seat | None = None
) -> HttpResponse:
    assembly = motion.item.assembly
    seat = helped or loading.seat_of(request, assembly, number)
    if motion.poll is None or motion.poll.state != Poll.State.OPEN:
        messages.error(request, _("This vote is not open."))
        return redirect("assembly:assembly", assembly.public_id)
    choice = ChoiceForm(request.POST or None, poll=motion.poll)
    paper = _paper_form(request, motion, number) if motion.is_secret else None
    if request.method == "POST" and choice.is_valid() and (paper is None or paper.is_valid()):
        try:
            cast = actions.cast_for if helped else actions.cast
            answer = cast(
                motion=motion, associate=seat.associate, choice=choice.said,
                by=loading.member_of(request), now=clock.now(),
                paper=paper.paper if paper else None,
            )  # fmt: skip
        except RuleBroken as refusal:
            choice.add_error(None, sentence_of(refusal))
        else:
            return _answer(request, motion, seat, answer)
    context = {"assembly": assembly, "motion": motion, "form": choice, "paper": paper,
               "seat": seat, "name": holder_name(seat.associate),
               "amendment": _told(motion), "is_helped": helped is not None}  # fmt: skip
    status = 422 if choice.errors or (paper and paper.errors) else 200
    return render(request, "assembly/vote.html", context, status=status)


def _told(motion: Put) -> AmendmentTold | None:
    """What an amendment changes, as people read it; None of a motion."""
    if isinstance(motion, Motion):
        return None
    before = queries.as_proposed(motion.motion)
    of = holder_name(motion.associate) if motion.associate else ""
    return wording.amendment_told(amendment_kept(motion, before), motion.motion.text, of=of)


def _paper_form(request: HttpRequest, motion: Put, number: int) -> PaperForm:
    """The secrets of the paper: drawn with the page, or those of the page that was sent.

    Who has voted types the code of their receipt; a tap that comes twice brings its own again.
    """
    if request.method == "POST":
        return PaperForm(request.POST, replaces="replaces" in request.POST)
    drawn = urn.draw_paper()
    secrets = {"tracker": drawn.tracker, "nonce": drawn.nonce}
    if queries.ticked([motion.poll_id or 0], [number]):
        return PaperForm(initial=secrets, replaces=True)
    return PaperForm(initial=secrets | {"code": drawn.code}, replaces=False)


def _answer(
    request: HttpRequest, motion: Put, seat: Seat, answer: Receipt | NamedBallot
) -> HttpResponse:
    """A named vote leads back to the assembly; a receipt is shown here and kept nowhere."""
    name = holder_name(seat.associate)
    assembly = motion.item.assembly
    if isinstance(answer, Receipt):
        context = {"assembly": assembly, "motion": motion, "receipt": answer, "name": name,
                   "seat": seat}  # fmt: skip
        return render(request, "assembly/receipt.html", context)
    messages.success(request, _("The vote of {name} is recorded.").format(name=name))
    return redirect("assembly:assembly", assembly.public_id)
