"""What stays of an assembly: the ballots of its secret votes, and the way to its minutes."""

import io
import zipfile
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import GeneralAssembly
from essaim.commons.assembly.views import loading
from essaim.commons.urn import queries as urn
from essaim.commons.urn.models import Poll, PublishedBallot
from essaim.commons.urn.rules import publication
from essaim.web.access import by_policy

BALLOTS_PER_PAGE = 20


@by_policy("may_attend_assembly")
def minutes(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """Where the minutes are read: the room above prints them and has them signed."""
    found = loading.followed(request, assembly_id)
    if found.state != GeneralAssembly.State.CLOSED:
        # What was decided is in force before the minutes are written.
        return redirect("assembly:assembly", found.public_id)
    return redirect("minutes:minutes", found.public_id)


@by_policy("may_attend_assembly")
def ballots(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """The published ballots of a secret vote, searched by tracking number."""
    assembly = loading.followed(request, assembly_id)
    motion = loading.motion_of(assembly, position)
    poll = _counted(motion.poll)
    text = request.GET.get("q", "").strip().upper()[:10]
    rows = PublishedBallot.objects.filter(poll=poll).order_by("rank")
    if text:
        rows = rows.filter(tracker=text)
    page = Paginator(rows, BALLOTS_PER_PAGE).get_page(request.GET.get("page"))
    colleges = {one["code"]: one["label"] for one in poll.colleges}
    context = {
        "assembly": assembly,
        "motion": motion,
        "poll": poll,
        "page": page,
        "text": text,
        "rows": [
            (row.tracker, wording.choice_words(poll, row.choice), colleges.get(row.college, ""))
            for row in page.object_list
        ],
        "result": wording.result_of(motion),
    }
    return render(request, "assembly/ballots.html", context)


@by_policy("may_attend_assembly")
def ballots_csv(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """The same list as the file whose SHA-256 stands in the minutes."""
    motion = loading.motion_of(loading.followed(request, assembly_id), position)
    file = publication.as_csv(urn.opened_ballots(_counted(motion.poll)))
    name = f'attachment; filename="bulletins-{position}.csv"'
    return HttpResponse(file, "text/csv; charset=utf-8", headers={"Content-Disposition": name})


@by_policy("may_attend_assembly")
def recount(request: HttpRequest, assembly_id: UUID, position: int) -> HttpResponse:
    """All that is needed to count a secret vote again, the program included."""
    motion = loading.motion_of(loading.followed(request, assembly_id), position)
    files = urn.published_files(_counted(motion.poll), motion.outcome)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"vote/{name}"), content)
    name = f'attachment; filename="vote-{position}.zip"'
    headers = {"Content-Disposition": name}
    return HttpResponse(written.getvalue(), "application/zip", headers=headers)


def _counted(poll: Poll | None) -> Poll:
    if poll is None or not poll.is_sealed or poll.state != Poll.State.COUNTED:
        raise Http404
    return poll
