"""What stays of an assembly: its minutes, and the ballots of its secret votes."""

import io
import zipfile
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import GeneralAssembly, Minutes
from essaim.commons.assembly.views import loading
from essaim.commons.urn import queries as urn
from essaim.commons.urn.models import Poll, PublishedBallot
from essaim.commons.urn.rules import publication
from essaim.web.access import by_policy

BALLOTS_PER_PAGE = 20


@by_policy("may_attend_assembly")
def minutes(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The minutes as they were written at the close: nothing is read anew."""
    assembly = loading.followed(request, assembly_id)
    if assembly.state != GeneralAssembly.State.CLOSED:
        # What was decided is in force before the minutes are written.
        return redirect("assembly:assembly", assembly.public_id)
    found = loading.first(Minutes.objects.filter(assembly=assembly))
    content = found.content
    kind = content["kind"]
    context = {
        "assembly": assembly,
        "minutes": found,
        "content": content,
        "kind": _(wording.KINDS[kind]),
        "times": {
            name: parse_datetime(content[name]) for name in ("record_at", "opened_at", "closed_at")
        },
        "points": [_point(point) for point in content["points"]],
        "hows": _by_how(content["attendance"]),
        "by_post_count": content["convened"].get("post", 0),
        "convened_count": sum(content["convened"].values()),
    }
    return render(request, "assembly/minutes.html", context)


def _point(point: dict[str, Any]) -> dict[str, Any]:
    outcome = point.get("outcome")
    result = (
        wording.read_result(point, outcome, is_adopted=point["is_adopted"]) if outcome else None
    )
    return {"said": point, "result": result, "changes": wording.changes_told(point)}


def _by_how(attendance: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Who was there, gathered by the way they were."""
    return [
        (_(label), rows)
        for how, label in wording.PRESENCES.items()
        if (rows := [row for row in attendance if row["how"] == how])
    ]


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
