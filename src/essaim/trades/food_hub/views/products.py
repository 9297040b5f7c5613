"""The products of a producer: their packs, their stock, and all of them from or to a file."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.core.members.models import Organisation
from essaim.kernel import clock
from essaim.kernel.errors import RuleBroken
from essaim.kernel.identifiers import uuid7
from essaim.trades.food_hub import actions, documents, imports
from essaim.trades.food_hub.actions import photos
from essaim.trades.food_hub.actions import products as product_actions
from essaim.trades.food_hub.desk_forms import (
    ImportForm,
    PackForm,
    PhotoForm,
    ProductForm,
    StockForm,
    contents_of,
)
from essaim.trades.food_hub.models import Product, Variant
from essaim.trades.food_hub.rules import max_sellable
from essaim.trades.food_hub.views import loading
from essaim.trades.food_hub.views.packing import attachment
from essaim.web.access import by_policy
from essaim.web.idempotency import idempotent
from essaim.web.refusals import sentence_of

PAGE_SIZE = 20
LINES_SHOWN_MAX = 200
WORD_CHARS_MAX = 60


@by_policy("may_keep_products")
def products(request: HttpRequest, slug: str) -> HttpResponse:
    """The products of a producer, twenty at a time."""
    producer = loading.producer_to_keep(request, slug)
    words = request.GET.get("q", "")[:WORD_CHARS_MAX].strip()
    rows = Product.objects.filter(producer=producer)
    for word in words.split():
        rows = rows.filter(name__unaccent__icontains=word)
    rows = rows.select_related("pool").prefetch_related("variants").order_by("name")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"producer": producer, "page": page, "words": words}
    return render(request, "food_hub/desk/products.html", context)


@by_policy("may_keep_products")
@idempotent
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a product; its packs come next, on its page."""
    producer = loading.producer_to_keep(request, slug)
    form = ProductForm(request.POST or None)
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        try:
            found = product_actions.new_product(producer=producer, **form.cleaned_data)
        except RuleBroken as refusal:
            form.add_error("name", sentence_of(refusal))
        else:
            return redirect("food_hub:desk_product", found.public_id)
    context = {"producer": producer, "form": form, "form_key": uuid7()}
    status = 422 if form.errors else 200
    return render(request, "food_hub/desk/product_new.html", context, status=status)


@by_policy("may_keep_products")
@idempotent
def product(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """A product: what it is, its packs, its stock."""
    found = _product(request, product_id)
    packs = list(found.variants.order_by("pool_units", "pk"))
    edited = next((row for row in packs if str(row.pk) == request.GET.get("pack")), None)
    part = request.POST.get("part", "")
    if part == "no-photo":
        photos.remove_photo(product=found)
        return redirect("food_hub:desk_product", found.public_id)
    forms = _forms(request, found, edited, part)
    if part in forms and forms[part].is_valid():
        try:
            _save(found, edited, forms[part])
        except RuleBroken as refusal:
            field = "photo" if part == "photo" else None
            forms[part].add_error(field, sentence_of(refusal))
        else:
            return redirect("food_hub:desk_product", found.public_id)
    return _product_page(request, found, packs, edited, forms)


@by_policy("may_keep_products")
@idempotent
def from_file(request: HttpRequest, slug: str) -> HttpResponse:
    """A file of products: first what it would do, line by line; once confirmed, it is done."""
    producer = loading.producer_to_keep(request, slug)
    if request.method != "POST":
        context = {"producer": producer, "form": ImportForm(), "report": None, **_columns()}
        return render(request, "food_hub/desk/import.html", context)
    text, sentence = _sent_text(request)
    report = imports.Report(problems=[imports.Problem(0, sentence)])
    if text is not None:
        report = imports.compare(producer, imports.read(text))
    if request.POST.get("confirm") and report.is_importable:
        try:
            count = product_actions.import_products(producer=producer, rows=report.rows)
        except RuleBroken as refusal:
            report.problems.append(imports.Problem(0, sentence_of(refusal)))
        else:
            messages.success(request, _imported(count))
            return redirect("food_hub:desk_products", producer.slug)
    return _report_page(request, producer, report, text or "")


@by_policy("may_keep_products")
def to_file(request: HttpRequest, slug: str) -> HttpResponse:
    """All the products of a producer, in a file that can be changed and sent back."""
    producer = loading.producer_to_keep(request, slug)
    return attachment(documents.csv_file(imports.table(producer)), producer.slug, "csv")


def stock_words(product: Product, packs: list[Variant]) -> list[tuple[str, int, int]]:
    """What the shared stock holds, pack by pack: (label, how many, units each)."""
    free = product.pool.on_hand_units - product.pool.reserved_units
    return [
        (pack.label, max_sellable(max(0, free), pack.pool_units), pack.pool_units)
        for pack in packs
        if pack.is_active
    ]


def _product(request: HttpRequest, product_id: UUID) -> Product:
    found = (
        Product.objects.filter(public_id=product_id)
        .select_related("producer", "pool", "photo")
        .order_by()
        .first()
    )
    if found is None:
        raise Http404
    loading.producer_to_keep(request, found.producer.slug)
    return found


def _forms(
    request: HttpRequest, product: Product, edited: Variant | None, part: str
) -> dict[str, Form]:
    """Return the four forms of the page; only the one that was sent holds what was sent."""
    sent = {part: request.POST}
    stock = {
        "on_hand_units": product.pool.on_hand_units,
        "is_on_demand": product.pool.is_on_demand,
    }
    return {
        "product": ProductForm(sent.get("product"), initial=ProductForm.initial_of(product)),
        "stock": StockForm(sent.get("stock"), initial=stock),
        "pack": PackForm(sent.get("pack"), initial=PackForm.initial_of(edited) if edited else None),
        "photo": PhotoForm(
            sent.get("photo"),
            request.FILES if part == "photo" else None,
            initial={"alt_text": product.photo.alt_text} if product.photo else None,
        ),
    }


def _save(product: Product, pack: Variant | None, form: Form) -> None:
    if isinstance(form, ProductForm):
        product_actions.change_product(product=product, **form.cleaned_data)
    elif isinstance(form, StockForm):
        actions.set_stock(product=product, **form.cleaned_data)
    elif isinstance(form, PackForm):
        product_actions.save_pack(product=product, pack=pack, **form.as_fields())
    elif isinstance(form, PhotoForm):
        said = form.cleaned_data
        photos.give_photo(
            product=product, upload=said["photo"], alt_text=said["alt_text"], now=clock.now()
        )


def _product_page(
    request: HttpRequest,
    product: Product,
    packs: list[Variant],
    edited: Variant | None,
    forms: dict[str, Form],
) -> HttpResponse:
    context = {
        "product": product,
        "producer": product.producer,
        "packs": [(pack, contents_of(pack)) for pack in packs],
        "edited": edited,
        "form": forms["product"],
        "stock_form": forms["stock"],
        "pack_form": forms["pack"],
        "photo_form": forms["photo"],
        "stock": stock_words(product, packs),
        "form_key": uuid7(),
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "food_hub/desk/product.html", context, status=status)


def _sent_text(request: HttpRequest) -> tuple[str | None, str]:
    """The text sent, from the confirmation or from the file, or what is wrong with it."""
    if "text" in request.POST:
        return request.POST["text"], ""
    file = request.FILES.get("file")
    if file is None:
        return None, _("Choose a file.")
    if (file.size or 0) > imports.BYTES_MAX:
        return None, _("This file is too heavy: a list of products weighs at most 512 KB.")
    text = imports.decode(file.read())
    return text, _("This is no text: save your sheet as CSV, then send that file.")


def _report_page(
    request: HttpRequest, producer: Organisation, report: imports.Report, text: str
) -> HttpResponse:
    context = {
        "producer": producer,
        "form": ImportForm(),
        "report": report,
        "problems": report.problems[:LINES_SHOWN_MAX],
        "changes": report.changes[:LINES_SHOWN_MAX],
        "hidden_count": max(0, len(report.changes) - LINES_SHOWN_MAX),
        "text": text,
        "form_key": uuid7(),
        **_columns(),
    }
    status = 422 if report.problems else 200
    return render(request, "food_hub/desk/import.html", context, status=status)


def _columns() -> dict[str, object]:
    required = [imports.COLUMNS[name][0] for name in imports.REQUIRED]
    others = [names[0] for name, names in imports.COLUMNS.items() if name not in imports.REQUIRED]
    return {"required_columns": required, "other_columns": others}


def _imported(count: int) -> str:
    return ngettext("%(num)s line imported.", "%(num)s lines imported.", count) % {"num": count}
