"""The register of titles for those who keep it, and the interest of a year."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from essaim.commons.cooperative.models import Register
from essaim.commons.titles import actions, queries, spreadsheet
from essaim.commons.titles.forms import InterestForm
from essaim.commons.titles.views import loading
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

KEEPERS = "may_keep_titles"
ROWS_PER_PAGE = 20


@by_policy(KEEPERS)
def desk(request: HttpRequest) -> HttpResponse:
    """The register, twenty titles at a time: who holds what, and what is owed in all."""
    register = loading.kept_register(request)
    page = Paginator(queries.titles(register), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "register": register,
        "page": page,
        "rows": [(one, queries.end_of(one)) for one in page.object_list],
        "owed_cents": queries.outstanding_cents(register),
        "reconciles": queries.reconciles(register),
        "year_left": queries.earliest_year_left(register, localdate(clock.now())),
    }
    return render(request, "titles/desk/register.html", context)


@by_policy(KEEPERS)
def desk_csv(request: HttpRequest) -> HttpResponse:
    """The whole register, for a spreadsheet."""
    register, today = loading.kept_register(request), localdate(clock.now())
    name = f'attachment; filename="registre-des-titres-{today}.csv"'
    return HttpResponse(
        spreadsheet.text(queries.titles(register)), content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name},
    )  # fmt: skip


@by_policy(KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def desk_interest(request: HttpRequest) -> HttpResponse:
    """The interest of a year: typed, previewed line by line, then posted once."""
    register, today = loading.kept_register(request), localdate(clock.now())
    left = queries.earliest_year_left(register, today)
    typed = request.POST if request.method == "POST" else request.GET or None
    form = InterestForm(typed, initial={"civil_year": left or today.year - 1})
    is_read = form.is_bound and form.is_valid()
    if request.method == "POST" and is_read and _post(request, register, form):
        return redirect("titles:desk_interest")
    preview = _preview(register, form, today) if is_read and not form.errors else []
    years = list(queries.years_posted(register))
    asked = form.cleaned_data.get("civil_year") if is_read else None
    context = {
        "register": register,
        "form": form,
        "preview": preview,
        "total_cents": sum(row.earned.cents for row in preview),
        "is_previewed": is_read and not form.errors,
        "is_left": left is not None and asked == left,
        "is_posted": any(one.civil_year == asked for one in years),
        "years": years,
        "form_key": uuid7(),
    }
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "titles/desk/interest.html", context, status=status)


def _preview(register: Register, form: InterestForm, today: date) -> list[queries.PreviewRow]:
    year = form.cleaned_data["civil_year"]
    if year >= today.year:
        return []
    return queries.preview(register, civil_year=year, variable_bps=form.variable_bps)


def _post(request: HttpRequest, register: Register, form: InterestForm) -> bool:
    typed = form.cleaned_data
    try:
        actions.post_interest(
            register=register, civil_year=typed["civil_year"], variable_bps=form.variable_bps,
            basis=typed["basis"], by=loading.member_of(request), now=clock.now(),
        )  # fmt: skip
    except RuleBroken as refusal:
        form.show(refusal)
        return False
    told = _("The interest of {year} is posted.").format(year=typed["civil_year"])
    messages.success(request, told)
    return True


@by_policy(KEEPERS)
@require_POST
@idempotent
def desk_repay(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """Write that a title was paid back at the bank, or say why it may not be."""
    found = loading.kept_title(request, title_id)
    try:
        actions.repay_title(title=found, by=loading.member_of(request), now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("The title is paid back: the register says it."))
    return redirect("titles:title", found.public_id)
