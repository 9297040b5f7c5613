"""The components render in the real strict environment and say what they draw."""

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.utils import translation

from essaim.web import charts, samples
from essaim.web.charts import Share

WEB = Path(samples.__file__).parent
TEMPLATES = sorted((WEB / "jinja2").rglob("*.html"))
CONTEXT = {"csp_nonce": "n0nce", "csrf_token": "t0ken", "messages": []}


@pytest.fixture
def draw():
    """Call a macro by its component's name: draw("button", "link_button", ...)."""

    def call(component, macro, *args, **kwargs):
        module = engines["jinja2"].env.get_template(f"components/{component}.html").module
        return getattr(module, macro)(*args, **kwargs)

    return call


@pytest.fixture
def style_page():
    data = {
        **samples.figures(),
        "form": samples.unsent_form(),
        "page": samples.page_two(),
        "moment": samples.NOON,
        "products": samples.PRODUCTS,
    }
    return engines["jinja2"].env.get_template("web/style.html").render(CONTEXT | data)


def test_there_are_at_most_fifteen_components():
    assert len(list((WEB / "jinja2" / "components").glob("*.html"))) <= 15


def test_every_component_is_shown_on_the_style_page():
    shown = (WEB / "jinja2" / "web" / "style.html").read_text("utf-8")

    for component in (WEB / "jinja2" / "components").glob("*.html"):
        assert f'"components/{component.name}"' in shown


def test_the_style_page_repeats_no_id(style_page):
    ids = re.findall(r' id="([^"]*)"', style_page)

    assert len(ids) == len(set(ids))


def test_every_description_that_a_field_points_to_exists(style_page):
    ids = set(re.findall(r' id="([^"]*)"', style_page))

    for pointed in re.findall(r'aria-(?:describedby|labelledby|controls)="([^"]*)"', style_page):
        assert set(pointed.split()) <= ids


def test_the_page_carries_its_token_and_its_nonce_for_htmx(style_page):
    assert """hx-headers:inherited='{"X-CSRFToken": "t0ken"}'""" in style_page
    assert '<body hx-nonce="n0nce"' in style_page
    assert re.search(r'<script type="module"[^>]* nonce="n0nce"></script>', style_page)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_writes_a_style_or_a_handler_into_the_page(template):
    html = template.read_text("utf-8")

    assert not re.search(r"\s(style|on[a-z]+)=[\"']", html)
    assert "<style" not in html


def test_a_money_bar_tells_each_share_in_words_and_sums_to_the_whole(draw):
    bar = charts.money_bar([Share("farm", 812), Share("hub", 97), Share("tax", 55)])

    html = draw("money_bar", "money_bar", bar)

    widths = [int(width) for width in re.findall(r'<rect [^>]*?width="(\d+)"', html)]
    assert sum(widths) == charts.SCALE
    assert html.count("<li>") == 3
    assert re.search(r'role="img" aria-label="farm 8[.,]12', html)


def test_a_hexagon_map_has_one_path_per_class_and_a_legend_for_each(draw):
    view = samples.offers_map()

    html = draw("figure", "hexmap", view, id="m", title="Offers", description="Around here")

    drawn = [one for one in view.classes if one.path]
    assert html.count("<path") == len(drawn)
    assert html.count("<li>") == len(drawn)
    assert 'aria-labelledby="m-title m-desc"' in html


def test_a_wrong_field_says_so_to_eyes_and_to_screen_readers(draw):
    html = draw("field", "field", "weight", "Weight", error="Too heavy", help="In kilos")

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="field-weight-help field-weight-error"' in html
    assert "Too heavy" in html


def test_a_field_escapes_what_people_typed(draw):
    html = draw("field", "field", "name", "Name", value='"><script>')

    assert "<script>" not in html


def test_a_password_is_never_written_back(draw):
    assert "secret" not in draw("field", "field", "pin", "Code", type="password", value="secret")


def test_the_summary_of_errors_leads_to_each_wrong_field(draw):
    html = draw("field", "error_summary", samples.unsent_form())

    assert 'href="#wrong-email"' in html
    assert 'href="#wrong-quantity"' in html


@pytest.mark.parametrize(
    ("language", "shown"), [("fr", ">Quantité\u00a0: "), ("en", ">Quantity: ")]
)
def test_the_summary_of_errors_is_set_as_the_reader_writes(draw, language, shown):
    with translation.override(language):
        html = draw("field", "error_summary", samples.unsent_form())

    assert shown in html


def test_a_choice_of_many_ticks_each_chosen_one(draw):
    class Days(forms.Form):
        days = forms.MultipleChoiceField(
            label="Days",
            choices=[("thu", "Thursday"), ("sat", "Saturday")],
            widget=forms.CheckboxSelectMultiple,
        )

    html = draw("field", "form_field", Days({"days": ["sat"]})["days"])

    assert html.count('type="checkbox"') == 2
    assert re.findall(r'value="(\w+)" checked', html) == ["sat"]


def test_each_kind_of_django_field_becomes_the_same_kind_of_box(draw):
    class Kinds(forms.Form):
        note = forms.CharField(widget=forms.Textarea)
        day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
        slot = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
        agree = forms.BooleanField()
        token = forms.CharField(widget=forms.HiddenInput)
        photo = forms.FileField(required=False)

    form = Kinds(initial={"slot": "b", "agree": True, "day": date(2026, 11, 26)})
    html = "".join(draw("field", "form_field", bound) for bound in form)

    assert "<textarea " in html
    assert re.search(r'type="date"[^>]* value="2026-11-26"', html)
    assert '<option value="b" selected>' in html
    assert re.search(r'type="checkbox"[^>]* checked', html)
    assert 'type="hidden" id="id_token"' in html
    assert 'type="file"' in html


def test_a_right_form_shows_no_summary(draw):
    form = samples.SampleForm({"email": "camille@example.org", "quantity": "2"})

    assert draw("field", "error_summary", form).strip() == ""


def test_the_buttons_of_a_quantity_wait_for_scripts(draw):
    html = draw("field", "stepper", "pears", "Pears", value=2, max=9)

    assert re.findall(r"<button [^>]*hidden>", html)
    assert 'type="number"' in html
    assert 'max="9"' in html


def test_a_quantity_and_its_buttons_each_say_what_they_change(draw):
    with translation.override("fr"):
        html = draw("field", "stepper", "pears", "Poires", value=2)

    assert re.findall(r'aria-label="([^"]*)"', html) == [
        "Un de moins\u00a0: Poires",
        "Quantité\u00a0: Poires",
        "Un de plus\u00a0: Poires",
    ]


def test_a_single_page_needs_no_pagination(draw):
    assert draw("pagination", "pagination", Paginator(range(5), 20).page(1)).strip() == ""


def test_a_confirmation_opens_without_any_script(draw):
    html = draw(
        "confirm", "confirm", "drop", "Cancel", "Cancel it?", "/x/", "", "Yes", caller=lambda: "!"
    )

    assert 'popovertarget="drop"' in html
    assert re.search(r'<form [^>]*popover id="drop"', html)


@pytest.mark.parametrize("status", [403, 404, 409, 422, 429, 500, 503, 418])
def test_an_error_page_stands_without_a_request_and_shows_a_way_home(status):
    template = engines["jinja2"].env.get_template("web/error.html")

    html = template.render(status=status, message="")

    assert 'href="/"' in html
    assert "<h1>" in html


def test_a_refusal_shows_its_own_sentence():
    template = engines["jinja2"].env.get_template("web/error.html")

    html = template.render(status=409, message="The last pear is gone.")

    assert "The last pear is gone." in html
