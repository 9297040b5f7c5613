"""Reading minutes: the page, the paper, the file whose SHA-256 is their digest."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from essaim.commons.assembly import wording as assembly_words
from essaim.commons.assembly.minutes import as_bytes
from essaim.commons.assembly.models import Minutes
from essaim.commons.minutes import queries, sheet, wording
from essaim.commons.minutes.forms import SignForm
from essaim.commons.minutes.models import Scan
from essaim.commons.minutes.views import loading
from essaim.core.members.policies import may_sit_on_board
from essaim.web.access import by_policy


@by_policy("may_read_minutes")
def minutes(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The minutes as they were written at the close, who signed them, and my own signature."""
    return page(request, loading.read(request, assembly_id))


def page(
    request: HttpRequest, found: Minutes, form: SignForm | None = None, refusal: str = ""
) -> HttpResponse:
    """Draw the minutes, with the form of who is about to sign (3 queries)."""
    member, lines, content = loading.member_of(request), queries.lines(found), found.content
    context = {
        "assembly": found.assembly,
        "minutes": found,
        "content": content,
        "kind": wording.kind(content),
        "facts": wording.facts(content),
        "presence": wording.presence(content),
        "quorum": wording.quorum(content.get("quorum", {})),
        "quorum_rows": wording.quorum_rows(content),
        "proxies": wording.proxies(content),
        "points": [_point(*both) for both in zip(
            content["points"], wording.points(content), strict=True
        )],
        "questions": wording.questions(content),
        "lines": [(line, sheet.signature_told(line)) for line in lines],
        "mine": [line.role for line in lines if line.member == member],
        "roles": sheet.ROLES,
        "form": form or SignForm(),
        "refusal": refusal,
        "is_secretary": may_sit_on_board(member),
    }  # fmt: skip
    status = 422 if refusal or (form and form.errors) else 200
    return render(request, "minutes/minutes.html", context, status=status)


def _point(said: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    outcome = said.get("outcome")
    result = (
        assembly_words.read_result(said, outcome, is_adopted=said["is_adopted"])
        if outcome
        else None
    )
    amendments = [
        assembly_words.amendment_told(one, said["noticed"]) for one in said.get("amendments", ())
    ]
    return {**told, "result": result, "amendments": amendments}


@by_policy("may_read_minutes")
def paper(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The PDF, signatures so far included."""
    return _paper(loading.read(request, assembly_id), is_large=False)


@by_policy("may_read_minutes")
def large_print(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The same in letters of 18 points."""
    return _paper(loading.read(request, assembly_id), is_large=True)


@by_policy("may_read_minutes")
def file(request: HttpRequest, assembly_id: UUID) -> HttpResponse:
    """The frozen content: `sha256sum` of this file gives the digest of the minutes."""
    found = loading.read(request, assembly_id)
    name = f'attachment; filename="proces-verbal-{found.number}.json"'
    body = as_bytes(found.content)
    return HttpResponse(body, "application/json", headers={"Content-Disposition": name})


@by_policy("may_read_minutes")
def scan(request: HttpRequest, assembly_id: UUID, scan_id: int) -> HttpResponse:
    """A signed paper as it was scanned; downloaded, never shown among our pages."""
    found = loading.read(request, assembly_id)
    kept = loading.first(Scan.objects.filter(minutes=found, pk=scan_id))
    extension = kept.media_type.rpartition("/")[2]
    name = f'attachment; filename="signatures-{found.number}-{kept.pk}.{extension}"'
    return HttpResponse(bytes(kept.content), kept.media_type, headers={"Content-Disposition": name})


def _paper(found: Minutes, *, is_large: bool) -> HttpResponse:
    pdf = sheet.printed(found, queries.lines(found), is_large=is_large)
    large = "-gros-caracteres" if is_large else ""
    name = f'inline; filename="proces-verbal-{found.number}{large}.pdf"'
    return HttpResponse(pdf, "application/pdf", headers={"Content-Disposition": name})
