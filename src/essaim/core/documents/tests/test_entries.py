"""The file of accounting entries, read back by a checker that knows only the text of the law."""

import random
import tracemalloc
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from essaim.core.documents.rules.entries import (
    ENCODING,
    Balance,
    LedgerLine,
    auxiliary,
    chart_account,
    decimal,
    fec_lines,
    file_name,
    journal_of,
    printable,
)

NEW_YEAR = date(2026, 1, 1)
LAW = (
    "JournalCode,JournalLib,EcritureNum,EcritureDate,CompteNum,CompteLib,CompAuxNum,CompAuxLib,"
    "PieceRef,PieceDate,EcritureLib,Debit,Credit,EcritureLet,DateLet,ValidDate,Montantdevise,"
    "Idevise"
)
ACCOUNTS = (
    ("card:halle", "La Halle", True),
    ("cash:halle", "La Halle", True),
    ("bank:cooperative", "Banque", False),
    ("due:halle", "La Halle", True),
    ("payable:ferme", "Ferme du Lys", True),
    ("fund:platform", "Coopérative", False),
    ("fund:commons", "Fonds commun", False),
    ("mystery", "Inconnu\tau bataillon", False),
)


def line(transfer, account, cents, day=NEW_YEAR, memo="", piece="K7-4821"):
    code, label, has_organisation = account
    return LedgerLine(transfer, day, "payment", memo, piece, code, label, has_organisation, cents)


def random_ledger(count, seed=7):
    """Balanced transfers of two to five lines, over a year, with memos nobody would read."""
    dice = random.Random(seed)
    memos = ("", "Remboursement\nen deux\tlignes", "Œuvre « d’art » 日本 – €", "x" * 200)
    for index in range(count):
        day = NEW_YEAR + timedelta(days=index * 364 // count)
        chosen = dice.sample(ACCOUNTS, dice.randint(2, 5))
        cents = [dice.choice((-1, 1)) * dice.randint(1, 99_999) for _ in chosen[1:]]
        if not sum(cents):
            cents[0] += 1
        for account, amount in zip(chosen, [*cents, -sum(cents)], strict=True):
            yield line(f"t{index}", account, amount, day, dice.choice(memos))


def read_back(text):
    """Parse a file as an inspector would; fail on anything the law does not allow."""
    head, *rows = text.split("\r\n")
    assert head.split("\t") == LAW.split(",")
    assert rows.pop() == ""
    entries = defaultdict(list)
    last_day = defaultdict(str)
    for row in rows:
        cells = dict(zip(LAW.split(","), row.split("\t"), strict=True))
        for name in ("EcritureDate", "PieceDate", "ValidDate"):
            date.fromisoformat(cells[name])
            assert cells[name].isdecimal()
        for name in ("JournalCode", "JournalLib", "EcritureNum", "CompteNum", "CompteLib"):
            assert cells[name]
        assert cells["PieceRef"]
        assert cells["EcritureLib"]
        assert cells["CompteNum"].isdecimal()
        assert len(cells["CompteNum"]) >= 3
        assert bool(cells["CompAuxNum"]) == bool(cells["CompAuxLib"])
        debit, credit = (Decimal(cells[name].replace(",", ".")) for name in ("Debit", "Credit"))
        assert min(debit, credit) == 0 < max(debit, credit)
        assert cells["EcritureDate"] >= last_day[cells["JournalCode"]]
        last_day[cells["JournalCode"]] = cells["EcritureDate"]
        entries[cells["JournalCode"], cells["EcritureNum"]].append((cells, debit, credit))
    for lines in entries.values():
        assert sum(debit for _, debit, _ in lines) == sum(credit for _, _, credit in lines)
        assert len({cells["EcritureDate"] for cells, _, _ in lines}) == 1
    return entries


def numbers_by_journal(entries):
    numbers = defaultdict(list)
    for journal, number in entries:
        numbers[journal].append(int(number.removeprefix(journal)))
    return numbers


def test_10000_random_entries_read_back_whole_balanced_and_without_a_gap():
    ledger = list(random_ledger(10_000))

    text = "".join(fec_lines(ledger, start=NEW_YEAR)).encode(ENCODING).decode(ENCODING)

    entries = read_back(text)
    assert len(entries) == 10_000
    for numbers in numbers_by_journal(entries).values():
        assert numbers == list(range(1, len(numbers) + 1))
    total = sum(debit for lines in entries.values() for _, debit, _ in lines)
    assert total * 100 == sum(row.amount_cents for row in ledger if row.amount_cents > 0)


def test_memory_does_not_grow_with_the_ledger():
    def peak(count):
        tracemalloc.start()
        for _ in fec_lines(random_ledger(count), start=NEW_YEAR):
            pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)

    assert peak(2_000) < 2 * peak(200)


def test_numbers_do_not_depend_on_the_period_asked():
    whole = read_back("".join(fec_lines(random_ledger(300), start=NEW_YEAR)))
    june = read_back("".join(fec_lines(random_ledger(300), start=date(2026, 6, 1))))

    assert june
    assert set(june) == {
        key for key, lines in whole.items() if lines[0][0]["EcritureDate"] >= "20260601"
    }


def test_a_year_opens_with_the_balances_brought_forward_and_the_result():
    opening = [
        Balance("bank:cooperative", "Banque", has_organisation=False, amount_cents=-9_000),
        Balance("payable:ferme", "Ferme du Lys", has_organisation=True, amount_cents=7_000),
        Balance("fund:platform", "Coopérative", has_organisation=False, amount_cents=2_500),
        Balance("fees:card", "Frais", has_organisation=False, amount_cents=-500),
    ]

    entries = read_back("".join(fec_lines([], start=NEW_YEAR, opening=opening)))

    (rows,) = entries.values()
    assert [(cells["CompteNum"], debit, credit) for cells, debit, credit in rows] == [
        ("512", Decimal(90), 0),
        ("467", 0, Decimal(70)),
        ("110", 0, Decimal(20)),
    ]


def test_an_unbalanced_transfer_stops_the_file():
    with pytest.raises(ValueError, match="does not balance"):
        list(fec_lines([line("t1", ACCOUNTS[0], 5), line("t1", ACCOUNTS[3], -4)], start=NEW_YEAR))


def test_money_and_parties_stand_where_an_accountant_looks_for_them():
    assert chart_account("cash:halle", has_organisation=True).number == "530"
    assert chart_account("due:halle", has_organisation=True).number == "411"
    assert chart_account("fund:platform", has_organisation=False).number == "706"
    assert chart_account("capital:essaim", has_organisation=True).number == "1013"
    assert chart_account("capital-received:essaim", has_organisation=True).number == "4563"
    assert chart_account("exits:essaim", has_organisation=True).number == "4567"
    assert chart_account("losses:essaim", has_organisation=True).number == "119"
    assert chart_account("fund:commons", has_organisation=False).number == "4671"
    assert chart_account("anything", has_organisation=True).number == "467"
    assert chart_account("anything", has_organisation=False).number == "471"
    assert journal_of(["4191", "5115"]) == "CB"
    assert journal_of(["512", "467"]) == "BQ"
    assert journal_of(["4191", "467", "706"]) == "VE"
    assert journal_of(["4191", "4671"]) == "VE"
    assert journal_of(["471"]) == "OD"


def test_the_name_of_the_file_is_the_legal_one():
    assert file_name("732829320", date(2026, 12, 31)) == "732829320FEC20261231.txt"


@given(text=st.text(max_size=60))
def test_any_text_fits_in_one_cell(text):
    shown = printable(text)

    assert not set(shown) & set("\t\r\n")
    assert shown.encode(ENCODING).decode(ENCODING) == shown


@given(cents=st.integers(0, 10**12))
def test_amounts_have_a_comma_and_two_decimals(cents):
    assert Decimal(decimal(cents).replace(",", ".")) * 100 == cents


def test_letters_out_of_the_encoding_lose_their_accents_and_then_themselves():
    assert printable("Łódź’s 日本 œuvre à 5 €") == "?ódz's ?? œuvre à 5 €"
    assert auxiliary("payable:ferme-du-lys") == "PAYABLEFERMEDULYS"
    assert auxiliary("日本") == "DIVERS"
