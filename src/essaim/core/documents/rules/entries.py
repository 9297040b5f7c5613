"""The file of accounting entries (FEC): 18 columns in the order of article A47 A-1 LPF. Pure.

Amounts of the ledger are signed: plus is credit, minus is debit. Each transfer becomes one entry of
the books; the entries of a journal are numbered from 1 on 1 January without a gap. The first
entry of a year brings forward the balances of the year before (journal AN).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
ENCODING = "iso8859-15"
LINE_END = "\r\n"


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """An account of the French chart (PCG); `has_parties`: with auxiliary accounts."""

    number: str
    label: str
    has_parties: bool = False


CHART: dict[str, ChartAccount] = {
    # What the payment provider has taken and not yet sent to the bank.
    "card": ChartAccount("5115", "Cartes bancaires à encaisser", has_parties=True),
    "cash": ChartAccount("530", "Caisse", has_parties=True),
    "bank": ChartAccount("512", "Banques", has_parties=True),
    # What buyers owe for their orders until they pay.
    "due": ChartAccount("411", "Clients", has_parties=True),
    # Ordered and not handed over yet: an advance, not an income.
    "orders": ChartAccount("4191", "Clients - Avances et acomptes reçus", has_parties=True),
    # What the cooperative holds for those who provide: it is theirs, never its turnover.
    "payable": ChartAccount("467", "Autres comptes débiteurs ou créditeurs", has_parties=True),
    # Its own income: the contribution that members voted.
    "fund:platform": ChartAccount("706", "Prestations de services"),
    # Voted for projects: owed to them until it is given, hence a debt and no income.
    "fund": ChartAccount("4671", "Fonds commun à reverser"),
    "solidarity": ChartAccount("4672", "Fonds de solidarité à reverser", has_parties=True),
    # Shares paid by those who are not associates yet, then the capital itself.
    "capital-received": ChartAccount(
        "4563", "Associés - Versements reçus sur capital", has_parties=True
    ),
    "capital": ChartAccount("1013", "Capital souscrit, appelé, versé"),
    # What is owed to those who left, and what they bore of the losses.
    "exits": ChartAccount("4567", "Associés - Capital à rembourser"),
    "losses": ChartAccount("119", "Report à nouveau (solde débiteur)"),
    # The result shared by an assembly, and where it went; reserves are nobody's to take.
    "result": ChartAccount("110", "Report à nouveau (solde créditeur)"),
    "losses-carried": ChartAccount("119", "Report à nouveau (solde débiteur)"),
    "legal-reserve": ChartAccount("1061", "Réserve légale"),
    "statutory-reserve": ChartAccount("1063", "Réserves statutaires ou contractuelles"),
    "interest": ChartAccount("457", "Associés - Dividendes à payer"),
    "workers": ChartAccount("424", "Participation des salariés aux résultats"),
    "titles": ChartAccount("1671", "Titres participatifs"),
    "opening": ChartAccount("890", "Bilan d'ouverture"),
    "fees": ChartAccount("627", "Services bancaires et assimilés"),
}
"""Code of a ledger account, or its first word → account of the chart."""

OF_A_PARTY = CHART["payable"]
UNKNOWN = ChartAccount("471", "Comptes d'attente", has_parties=True)
"""Where an unforeseen account goes: an accountant sees at once what remains to be sorted."""
CARRIED_PROFIT = ChartAccount("110", "Report à nouveau (solde créditeur)")
CARRIED_LOSS = ChartAccount("119", "Report à nouveau (solde débiteur)")

JOURNALS = {
    "AN": "À nouveaux",
    "BQ": "Banque",
    "CA": "Caisse",
    "CB": "Cartes bancaires",
    "VE": "Ventes et partages",
    "OD": "Opérations diverses",
}
JOURNAL_OF_ACCOUNT = (("512", "BQ"), ("530", "CA"), ("5115", "CB"), ("70", "VE"), ("467", "VE"))
"""The first account number found in an entry names its journal: the bank before the card…"""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry of the ledger, read in the order of its transfer."""

    transfer: str
    day: date
    kind: str
    memo: str
    piece: str
    account_code: str
    account_label: str
    has_organisation: bool
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account held before the year began."""

    account_code: str
    account_label: str
    has_organisation: bool
    amount_cents: int


def chart_account(code: str, *, has_organisation: bool) -> ChartAccount:
    """Return where a ledger account stands in the French chart."""
    known = CHART.get(code) or CHART.get(code.split(":", 1)[0])
    if known is not None:
        return known
    return OF_A_PARTY if has_organisation else UNKNOWN


def journal_of(numbers: Iterable[str]) -> str:
    """Return the code of the journal an entry on these accounts belongs to."""
    found = set(numbers)
    for prefix, journal in JOURNAL_OF_ACCOUNT:
        if any(number.startswith(prefix) for number in found):
            return journal
    return "OD"


def file_name(siren: str, end: date) -> str:
    """Return the legal name: SIREN, "FEC", closing day."""
    return f"{siren}FEC{end:%Y%m%d}.txt"


def fec_lines(
    lines: Iterable[LedgerLine], *, start: date, opening: Iterable[Balance] = ()
) -> Iterator[str]:
    """Yield the file line by line, in constant memory.

    Args:
        lines: the ledger from 1 January of the year on, transfer by transfer, in order of time.
            Those before `start` are counted, so that numbers never change with the period, and
            not written.
        start: first day written.
        opening: balances on 1 January, written when the period starts that day.

    Raises:
        ValueError: a transfer does not balance (the ledger is broken).
    """
    yield _row(COLUMNS)
    counts: defaultdict[str, int] = defaultdict(int)
    yield from _opening_rows(opening, start)
    for transfer in _transfers(lines):
        journal = journal_of(_account_of(line).number for line in transfer)
        counts[journal] += 1
        if sum(line.amount_cents for line in transfer):
            raise ValueError(f"transfer {transfer[0].transfer} does not balance")
        if transfer[0].day >= start:
            yield from (_entry_row(line, journal, counts[journal]) for line in transfer)


def _transfers(lines: Iterable[LedgerLine]) -> Iterator[list[LedgerLine]]:
    gathered: list[LedgerLine] = []
    for line in lines:
        if gathered and gathered[0].transfer != line.transfer:
            yield gathered
            gathered = []
        gathered.append(line)
    if gathered:
        yield gathered


def _opening_rows(opening: Iterable[Balance], start: date) -> Iterator[str]:
    """Bring balances forward; the income and costs of earlier years become one result."""
    result = 0
    for balance in opening:
        chart = chart_account(balance.account_code, has_organisation=balance.has_organisation)
        if chart.number[0] in "67":
            result += balance.amount_cents
        elif balance.amount_cents:
            yield _opening_row(chart, balance, start)
    if result:
        chart = CARRIED_PROFIT if result > 0 else CARRIED_LOSS
        yield _opening_row(
            chart, Balance("", "", has_organisation=False, amount_cents=result), start
        )


def _opening_row(chart: ChartAccount, balance: Balance, start: date) -> str:
    return _format(
        journal="AN",
        sequence=1,
        day=start,
        chart=chart,
        party=(balance.account_code, balance.account_label),
        piece=f"AN{start:%Y}",
        label="Report des soldes",
        amount_cents=balance.amount_cents,
    )


def _entry_row(line: LedgerLine, journal: str, sequence: int) -> str:
    return _format(
        journal=journal,
        sequence=sequence,
        day=line.day,
        chart=_account_of(line),
        party=(line.account_code, line.account_label),
        piece=line.piece or line.transfer,
        label=" - ".join(filter(None, (line.kind, line.memo))),
        amount_cents=line.amount_cents,
    )


def _account_of(line: LedgerLine) -> ChartAccount:
    return chart_account(line.account_code, has_organisation=line.has_organisation)


def _format(
    *,
    journal: str,
    sequence: int,
    day: date,
    chart: ChartAccount,
    party: tuple[str, str],
    piece: str,
    label: str,
    amount_cents: int,
) -> str:
    has_party = chart.has_parties and bool(party[0])
    return _row(
        (
            journal, JOURNALS[journal], f"{journal}{sequence:08d}", f"{day:%Y%m%d}",
            chart.number, chart.label,
            auxiliary(party[0]) if has_party else "", party[1] if has_party else "",
            piece, f"{day:%Y%m%d}", label or "Écriture",
            decimal(max(-amount_cents, 0)), decimal(max(amount_cents, 0)),
            "", "", f"{day:%Y%m%d}", "", "",
        )
    )  # fmt: skip


def auxiliary(code: str) -> str:
    """Return the code of a party's account as accounting software takes it: letters, digits."""
    plain = unicodedata.normalize("NFKD", code).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Z0-9]+", "", plain.upper()) or "DIVERS"


def decimal(cents: int) -> str:
    """Return cents as a decimal number with a comma: 1234 → "12,34"."""
    return f"{cents // 100},{cents % 100:02d}"


def _row(cells: Sequence[str]) -> str:
    return "\t".join(printable(cell) for cell in cells) + LINE_END


def printable(text: str) -> str:
    """Return a text without tabs or line ends, in letters that the encoding of the file has."""
    flat = " ".join(text.replace("’", "'").split())
    try:
        flat.encode(ENCODING)
    except UnicodeEncodeError:
        return "".join(_in_encoding(letter) for letter in flat)
    return flat


def _in_encoding(letter: str) -> str:
    for form in (letter, unicodedata.normalize("NFKD", letter)):
        kept = form.encode(ENCODING, "ignore").decode(ENCODING)
        if kept:
            return kept
    return "?"
