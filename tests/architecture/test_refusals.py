"""Refusals are facts: each has a code of its own and a sentence of its own."""

import re
import string

from essaim.kernel.errors import BadInput, NotAllowed, RuleBroken
from essaim.site import reference
from tests.architecture import house

GENERAL = {RuleBroken, NotAllowed, BadInput}


def wrong_refusals(kinds: list[type[RuleBroken]]) -> list[str]:
    found = []
    seen: dict[str, str] = {kind.code: kind.__qualname__ for kind in GENERAL}
    for kind in kinds:
        where = f"{kind.__module__}.{kind.__qualname__}"
        if kind in GENERAL:
            continue
        if not re.fullmatch(r"[a-z_]+(\.[a-z0-9]+(-[a-z0-9]+)*)+", kind.code):
            found.append(f"{where}: {kind.code!r} is no code such as 'carpool.trip-full'")
        if kind.code in seen:
            found.append(f"{where}: the code {kind.code!r} is taken by {seen[kind.code]}")
        if kind.sentence in {general.sentence for general in GENERAL}:
            found.append(f"{where}: say in one sentence what is refused")
        if kind.__qualname__.endswith(("Error", "Exception")):
            found.append(f"{where}: a refusal is a fact (TripFull), not an error")
        if any(not name for _, name, _, _ in string.Formatter().parse(kind.sentence) if name == ""):
            found.append(f"{where}: name the details: {{seats_left}}")
        seen[kind.code] = where
    return found


def test_every_refusal_has_a_code_and_a_sentence_of_its_own():
    reference.import_everything()

    house.expect_nothing(wrong_refusals(reference.refusals()))


def test_a_refusal_without_code_or_sentence_is_reported():
    class Speechless(BadInput):
        code = "carpool.speechless"

    class Codeless(RuleBroken):
        sentence = "The trip is full."

    class BadlyCoded(RuleBroken):
        code = "Trip Full"
        sentence = "The trip is full."

    class Twin(RuleBroken):
        code = "carpool.speechless"
        sentence = "Nobody speaks."

    complaints = wrong_refusals([Speechless, Codeless, BadlyCoded, Twin])

    assert [complaint.split(": ", 1)[1] for complaint in complaints] == [
        "say in one sentence what is refused",
        "the code 'kernel.rule-broken' is taken by RuleBroken",
        "'Trip Full' is no code such as 'carpool.trip-full'",
        f"the code 'carpool.speechless' is taken by {__name__}.{Speechless.__qualname__}",
    ]
