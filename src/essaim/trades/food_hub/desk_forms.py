"""Forms of the desk: what a manager or a producer types."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from essaim.core.members.models import Organisation
from essaim.core.territories.models import Place, Territory
from essaim.kernel.units import InvalidQuantity, Kind, Measure, format_measure, parse_measure
from essaim.trades.food_hub.models import Fee, OrderCycle, Product, Variant
from essaim.trades.food_hub.rules import FeeKind, Role
from essaim.trades.food_hub.rules.reading import read_euros, read_percent, written
from essaim.trades.food_hub.rules.terms import RESERVED_CODES
from essaim.web.environment import language
from essaim.web.refusals import sentence_of

TAX_RATES = [("0", _("0 %")), ("550", _("5.5 %")), ("1000", _("10 %")), ("2000", _("20 %"))]
FEE_KINDS = [
    (FeeKind.PERCENT.value, _("a percentage of the price (%)")),
    (FeeKind.PER_ITEM.value, _("an amount per item (€)")),
    (FeeKind.PER_KILO.value, _("an amount per kilo (€)")),
    (FeeKind.FLAT_ORDER.value, _("an amount per order (€)")),
]
FEE_ROLES = [
    (Role.HUB.value, pgettext_lazy("capacity", "the hub: preparing, keeping, handing over")),
    (Role.COORDINATOR.value, pgettext_lazy("capacity", "the coordination of the cycle")),
    (Role.PRODUCER.value, pgettext_lazy("capacity", "a producer: transport, packaging")),
]


class _LocalDateTime(forms.DateTimeInput):
    input_type = "datetime-local"


class LocalDateTimeField(forms.DateTimeField):
    """A day and an hour as the browser's own picker gives them, in the time of the territory."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_LocalDateTime, **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return f"{local:%Y-%m-%dT%H:%M}"


class CentsField(forms.CharField):
    """An amount in euros as people write it, in cents."""

    default_error_messages = {"amount": _("Write an amount in euros, such as 6.90.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=12, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        cents = read_euros(text) if text else None
        if text and cents is None:
            raise ValidationError(self.error_messages["amount"], code="amount")
        return cents

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, int) else value


class CycleForm(forms.Form):
    """The name and the dates of a cycle."""

    title = forms.CharField(
        label=_("Name of the cycle"), max_length=80, help_text=_("As buyers will see it.")
    )
    opens_at = LocalDateTimeField(label=_("Orders open"))
    closes_at = LocalDateTimeField(label=_("Orders close"))

    @staticmethod
    def initial_of(cycle: OrderCycle) -> dict[str, object]:
        return {"title": cycle.title, "opens_at": cycle.opens_at, "closes_at": cycle.closes_at}


def _place_label(obj: Place) -> str:
    return f"{obj.name}, {obj.address}"


class SlotForm(forms.Form):
    """Where and when orders are fetched."""

    place = forms.ModelChoiceField(label=_("Pick-up place"), queryset=Place.objects.none())
    starts_at = LocalDateTimeField(label=_("From"))
    ends_at = LocalDateTimeField(label=_("Until"))
    capacity = forms.IntegerField(
        label=_("Orders at most"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Leave empty when there is no limit."),
    )

    def __init__(self, *args: Any, territory: Territory, **options: Any) -> None:
        super().__init__(*args, **options)
        place = cast("forms.ModelChoiceField[Place]", self.fields["place"])
        place.queryset = Place.objects.filter(
            commune__territories=territory, is_home=False, closed_at=None
        ).order_by("name")
        place.empty_label = str(_("Choose…"))
        place.label_from_instance = _place_label  # type: ignore[method-assign]


class FirstSlotForm(SlotForm, CycleForm):
    """A cycle and its first pick-up time on one page."""

    field_order = ["title", "opens_at", "closes_at", "place", "starts_at", "ends_at"]

    def __init__(self, *args: Any, territory: Territory, **options: Any) -> None:
        super().__init__(*args, territory=territory, **options)
        del self.fields["capacity"]

    @staticmethod
    def usual(now: datetime, zone: ZoneInfo) -> dict[str, object]:
        """A week as many hubs live it, from tomorrow on; every field can be changed."""
        start = now.astimezone(zone).replace(hour=8, minute=0, second=0, microsecond=0)
        opens_at = start + timedelta(days=1)
        starts_at = opens_at.replace(hour=17) + timedelta(days=4)
        title = gettext("Week {number}").format(number=starts_at.isocalendar().week)
        return {
            "title": title,
            "opens_at": opens_at,
            "closes_at": opens_at.replace(hour=20) + timedelta(days=2),
            "starts_at": starts_at,
            "ends_at": starts_at.replace(hour=19),
        }


class FeeForm(forms.Form):
    """A fee: who receives it, for what, how much."""

    label = forms.CharField(
        label=_("What it pays for"), max_length=80, help_text=_("Buyers read it on their order.")
    )
    kind = forms.ChoiceField(label=_("Counted as"), choices=FEE_KINDS)
    amount = forms.CharField(
        label=_("How much"),
        max_length=12,
        help_text=_("12 for 12 %, or 0.50 for 50 cents."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    beneficiary = forms.ChoiceField(label=_("Paid to"))
    role = forms.ChoiceField(label=_("As"), choices=FEE_ROLES)
    tax = forms.ChoiceField(
        label=_("VAT included"), choices=[("goods", _("that of the goods")), *TAX_RATES]
    )
    producers = forms.MultipleChoiceField(
        label=_("Only on the goods of"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, cycle: OrderCycle, people: list[Organisation], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.people = {str(person.pk): person for person in people}
        choices = [(str(person.pk), person.name) for person in people]
        beneficiary = cast("forms.ChoiceField", self.fields["beneficiary"])
        beneficiary.choices = choices
        producers = cast("forms.MultipleChoiceField", self.fields["producers"])
        producers.choices = [row for row in choices if row[0] != str(cycle.hub_id)]

    @staticmethod
    def initial_of(fee: Fee) -> dict[str, object]:
        return {
            "label": fee.label,
            "kind": fee.kind,
            "amount": written(fee.amount),
            "beneficiary": fee.beneficiary_id,
            "role": fee.role,
            "tax": "goods" if fee.inherits_tax else str(fee.tax_rate_bps),
            "producers": [str(producer.pk) for producer in fee.producers.all()],
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "amount" not in found or "kind" not in found:
            return found
        is_percent = found["kind"] == FeeKind.PERCENT
        number = (read_percent if is_percent else read_euros)(found["amount"])
        if number is None:
            self.add_error("amount", _("Write a number, such as 12 or 0.50."))
        elif found["kind"] == FeeKind.FLAT_ORDER and found.get("tax") == "goods":
            self.add_error("tax", _("A fee per order has no goods to follow: choose its VAT rate."))
        found["number"] = number
        return found

    def as_terms(self) -> dict[str, Any]:
        """Return what `set_fee` needs besides the cycle and the code."""
        said = self.cleaned_data
        follows_goods = said["tax"] == "goods"
        return {
            "label": said["label"],
            "kind": said["kind"],
            "amount": said["number"],
            "role": said["role"],
            "beneficiary": self.people[said["beneficiary"]],
            "producers": [self.people[pk] for pk in said["producers"]],
            "tax_rate_bps": 0 if follows_goods else int(said["tax"]),
            "inherits_tax": follows_goods,
        }

    def free_code(self, taken: set[str]) -> str:
        """A code made from the label that no other fee has: « Préparation » → `preparation`."""
        base = slugify(self.cleaned_data["label"])[:26] or "fee"
        codes = (base if number == 1 else f"{base}-{number}" for number in count(1))
        return next(code for code in codes if code not in taken | RESERVED_CODES)


class ProductForm(forms.Form):
    """A product, whatever its pack sizes."""

    name = forms.CharField(label=_("Name"), max_length=120)
    family = forms.CharField(
        label=_("Shelf"), max_length=40, help_text=_("Vegetables, fruit, cheese…")
    )
    measure = forms.ChoiceField(
        label=_("Measured in"),
        choices=[("weight", _("weight")), ("volume", _("volume")), ("items", _("items"))],
    )
    tax_rate_bps = forms.TypedChoiceField(
        label=_("VAT included"), choices=TAX_RATES, coerce=int, initial="550"
    )
    labels = forms.CharField(
        label=_("Labels"), max_length=120, required=False, help_text=_("Organic, raw milk…")
    )
    description = forms.CharField(
        label=_("Description"), max_length=2000, required=False, widget=forms.Textarea
    )
    is_active = forms.BooleanField(label=_("On sale"), required=False, initial=True)

    @staticmethod
    def initial_of(product: Product) -> dict[str, object]:
        return {name: getattr(product, name) for name in ProductForm.base_fields}


class PackForm(forms.Form):
    """A pack size of a product and its price."""

    label = forms.CharField(
        label=_("Pack size"), max_length=60, help_text=_("Jar of 500 g, case of 6…")
    )
    price_cents = CentsField(
        label=_("Your price, VAT included"), help_text=_("In euros, without any fee.")
    )
    contents = forms.CharField(
        label=_("Contents"), max_length=20, help_text=_("500 g, 1.5 kg, 75 cL or 6 items.")
    )
    pool_units = forms.IntegerField(
        label=_("Takes from the stock"),
        min_value=1,
        max_value=1_000_000,
        initial=1,
        help_text=_("1 for a single jar, 6 for a case of six jars of the same stock."),
    )
    is_weighed = forms.BooleanField(
        label=_("Weighed after the order, the price follows the real weight"), required=False
    )
    is_active = forms.BooleanField(label=_("On sale"), required=False, initial=True)

    @staticmethod
    def initial_of(pack: Variant) -> dict[str, object]:
        return {
            "label": pack.label,
            "price_cents": pack.price_cents,
            "contents": contents_of(pack),
            "pool_units": pack.pool_units,
            "is_weighed": pack.is_weighed,
            "is_active": pack.is_active,
        }

    def clean_contents(self) -> Measure:
        try:
            return parse_measure(self.cleaned_data["contents"])
        except InvalidQuantity as refusal:
            raise ValidationError(sentence_of(refusal), code="contents") from refusal

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        contents = found.get("contents")
        if found.get("is_weighed") and contents and contents.kind != Kind.WEIGHT:
            self.add_error("contents", _("What is weighed needs its usual weight: 400 g."))
        return found

    def as_fields(self) -> dict[str, object]:
        """Return the fields of a variant."""
        said = dict(self.cleaned_data)
        contents = said.pop("contents")
        amounts = {"weight_g": 0, "volume_ml": 0, "items_count": 1}
        names = {Kind.WEIGHT: "weight_g", Kind.VOLUME: "volume_ml", Kind.ITEMS: "items_count"}
        amounts[names[contents.kind]] = contents.amount
        return said | amounts


class StockForm(forms.Form):
    """What is there, in units shared by all pack sizes."""

    on_hand_units = forms.IntegerField(
        label=_("In stock"), min_value=0, max_value=100_000_000, required=False
    )
    is_on_demand = forms.BooleanField(label=_("On demand: sold without counting"), required=False)

    def clean_on_hand_units(self) -> int:
        return self.cleaned_data["on_hand_units"] or 0


class PhotoForm(forms.Form):
    """A photo of a product; what is wrong with the file, the catalogue says."""

    photo = forms.FileField(
        label=_("Picture file"),
        allow_empty_file=True,
        help_text=_("JPEG, PNG, WebP or GIF, at most 10 MB. Where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    alt_text = forms.CharField(
        label=_("What is seen on it"),
        max_length=200,
        required=False,
        help_text=_("Read aloud to those who cannot see it: “A crate of red apples”."),
    )


class ImportForm(forms.Form):
    """A file of products."""

    file = forms.FileField(
        label=_("CSV file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )


def contents_of(pack: Variant) -> str:
    """What a pack holds, as it is typed: « 500 g »."""
    if pack.weight_g:
        measure = Measure(Kind.WEIGHT, pack.weight_g)
    elif pack.volume_ml:
        measure = Measure(Kind.VOLUME, pack.volume_ml)
    else:
        measure = Measure(Kind.ITEMS, pack.items_count)
    return format_measure(measure, language())
