"""The register of minutes: all of them in order, and the whole in one file."""

import csv
import io
import zipfile
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from essaim.commons.assembly.minutes import as_bytes
from essaim.commons.assembly.models import Minutes
from essaim.commons.cooperative.models import Register
from essaim.commons.minutes import queries, wording
from essaim.commons.minutes.views import loading
from essaim.web.access import by_policy

ROWS_PER_PAGE = 20
POLICY = "may_read_register_of_minutes"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@by_policy(POLICY)
def register(request: HttpRequest) -> HttpResponse:
    """Every minutes of the cooperative, numbered without a gap, the latest first."""
    kept = loading.register_read(request)
    page = Paginator(queries.register_of(kept.pk), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "register": kept,
        "page": page,
        "rows": [(one, wording.kind(one.content)) for one in page.object_list],
        "count": page.paginator.count,
    }
    return render(request, "minutes/register.html", context)


@by_policy(POLICY)
def register_csv(request: HttpRequest) -> HttpResponse:
    """The register for a spreadsheet: number, day, title, digest, signatures."""
    body = _csv(loading.register_read(request)).encode()
    name = 'attachment; filename="registre-des-proces-verbaux.csv"'
    return HttpResponse(body, "text/csv; charset=utf-8", headers={"Content-Disposition": name})


@by_policy(POLICY)
def register_zip(request: HttpRequest) -> HttpResponse:
    """The register whole: the spreadsheet, each minutes as its file, and their SHA-256."""
    kept = loading.register_read(request)
    written, sums = io.BytesIO(), []
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in queries.in_order(kept.pk):
            name = f"proces-verbal-{one.number:04}.json"
            archive.writestr(zipfile.ZipInfo(name, FIRST_DAY), as_bytes(one.content))
            sums.append(f"{one.digest}  {name}\n")
        archive.writestr(zipfile.ZipInfo("SHA256SUMS", FIRST_DAY), "".join(sums))
        archive.writestr(zipfile.ZipInfo("registre.csv", FIRST_DAY), _csv(kept))
    name = 'attachment; filename="registre-des-proces-verbaux.zip"'
    headers = {"Content-Disposition": name}
    return HttpResponse(written.getvalue(), "application/zip", headers=headers)


def _csv(kept: Register) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [_("No."), _("Held on"), _("Assembly"), _("Title"), _("SHA-256"), _("Signed by")]
    )
    writer.writerows(_rows(kept))
    return f"\ufeff{text.getvalue()}"


def _rows(kept: Register) -> Iterator[list[str | int]]:
    for one in queries.in_order(kept.pk):
        names = ", ".join(each.name for each in one.signatures.all())
        yield [one.number, _held_on(one), wording.kind(one.content), _safe(one.content["title"]),
               one.digest, _safe(names)]  # fmt: skip


def _held_on(one: Minutes) -> str:
    return f"{localtime(one.assembly.meets_at):%d/%m/%Y}"


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
