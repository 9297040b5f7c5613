"""The computation in French, as minutes will show it."""

from fractions import Fraction

from essaim.commons.sharing import wording
from essaim.commons.sharing.rules.findings import findings
from essaim.commons.sharing.rules.surplus import Wish
from essaim.commons.sharing.tests.years import AG_2024, facts, scic, shared


def test_the_whole_computation_is_told_in_french_with_its_texts():
    rows = wording.rows(shared())

    assert [(row.rate, row.amount) for row in rows] == [
        ("15\u202f%", "6\u202f000,00\u00a0€"),
        ("50\u202f%", "17\u202f000,00\u00a0€"),
        ("", "5\u202f000,00\u00a0€"),
        ("3,8025\u202f%", "4\u202f563,00\u00a0€"),
        ("", "0,00\u00a0€"),
        ("", "7\u202f437,00\u00a0€"),
    ]
    assert rows[0].sentence == "Réserve légale\u00a0: personne ne pourra jamais se la partager."
    assert rows[4].sentence.startswith("Une Scic ne rend rien")
    assert rows[0].source.startswith("loi 47-1775")
    assert rows[-1].source == "statuts"


def test_what_a_full_reserve_lacks_is_told_in_euros():
    (first, *_) = wording.rows(shared(legal_reserve_cents=11_999_900, reserves_cents=11_999_900))

    assert "1,00\u00a0€" in first.sentence


def test_a_finding_is_told_in_french():
    (found,) = findings(facts(), scic(), Wish(interest_rate=Fraction(5)), AG_2024)

    assert wording.finding_sentence(found) == (
        "Les parts rapporteraient 5\u202f%\u202f; cette année,"
        " 3,8025\u202f% au plus peuvent être votés."
    )
