"""Statutes and findings as people read them."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from essaim.commons.statutes.rules.findings import Finding, percents
from essaim.commons.statutes.rules.statutes import (
    Admission,
    Assembly,
    Form,
    QuorumBasis,
    ReserveStop,
    Statutes,
)
from essaim.kernel.errors import N_
from essaim.web.environment import euros

FORMS = {
    Form.SCIC_SA: N_("Scic SA: a cooperative of collective interest, as a public limited company"),
    Form.SCIC_SARL: N_("Scic SARL: a cooperative of collective interest, as a limited company"),
    Form.SCIC_SAS: N_("Scic SAS: a cooperative of collective interest, as a simplified company"),
    Form.SCOP_SA: N_("Scop SA: a cooperative of those who work in it"),
    Form.SCOP_SARL: N_("Scop SARL: a cooperative of those who work in it"),
    Form.SCOP_SAS: N_("Scop SAS: a cooperative of those who work in it"),
    Form.ASSOCIATION: N_("Association (law of 1901)"),
    Form.UK_SOCIETY: N_("Co-operative society (United Kingdom)"),
}
ASSEMBLIES = {
    Assembly.ORDINARY: N_("Ordinary assembly"),
    Assembly.EXTRAORDINARY: N_("Extraordinary assembly"),
}
BASES = {
    QuorumBasis.HEADS: N_("of associates"),
    QuorumBasis.COLLEGES: N_("of the votes, each college by its weight"),
    QuorumBasis.ACTIVE: N_("of associates lately active"),
}
STOPS = {
    ReserveStop.LEGAL_RESERVE_REACHES_CAPITAL: N_("until the legal reserve equals the capital"),
    ReserveStop.ALL_RESERVES_REACH_CAPITAL: N_("until all reserves together equal the capital"),
    ReserveStop.HIGHEST_CAPITAL_EVER: N_("until it equals the highest capital ever reached"),
    ReserveStop.NEVER: N_("without end"),
}


def sentence(finding: Finding) -> str:
    """Return what a finding says, in the reader's language."""
    return _(finding.sentence).format(**finding.details)


def in_plain_words(statutes: Statutes) -> list[tuple[str, list[str]]]:
    """Return the statutes as titles and sentences; what they do not say is left out."""
    chapters = [
        (_("What a share is"), _capital_words(statutes)),
        (_("How we decide"), _deciding_words(statutes)),
        (_("What becomes of what we earn"), _surplus_words(statutes)),
        (_("When somebody leaves"), _leaving_words(statutes)),
    ]
    return [(title, sentences) for title, sentences in chapters if sentences]


def _capital_words(statutes: Statutes) -> list[str]:
    capital, said = statutes.capital, []
    if capital.nominal_cents:
        said.append(
            _("A share is worth {amount}. It gives no more votes to whoever has more.").format(
                amount=euros(capital.nominal_cents)
            )
        )
    said.append(
        _("One becomes an associate when the shares are paid.")
        if capital.admission is Admission.PAYMENT
        else _("The shares are paid, then the board decides.")
    )
    if capital.ceiling_cents:
        said.append(
            _("The capital stops at {amount}; then people wait in line.").format(
                amount=euros(capital.ceiling_cents)
            )
        )
    if capital.shares_max:
        said.append(_("One associate holds {count} shares at most.").format(
            count=capital.shares_max))  # fmt: skip
    return said


def _deciding_words(statutes: Statutes) -> list[str]:
    said = []
    if not statutes.colleges:
        said.append(_("One person, one vote, whatever the shares."))
    else:
        said.append(
            _(
                "Each votes in a college, one person one vote; then each college counts by its"
                " weight."
            )
        )
    for assembly, quorum in statutes.quorums.items():
        if quorum.first:
            words = (
                _("{assembly}: at least {part} {base} must be there, {second} at the second call.")
                if quorum.second
                else _("{assembly}: at least {part} {base} must be there at the first call.")
            )
            said.append(
                words.format(
                    assembly=_(ASSEMBLIES[assembly]), part=percents(quorum.first),
                    base=_(BASES[quorum.basis]), second=percents(quorum.second or Fraction()),
                )
            )  # fmt: skip
    for assembly, majority in statutes.majorities.items():
        words = _("{assembly}: more than {part} must say yes.") if majority.is_more_than else _(
            "{assembly}: at least {part} must say yes.")  # fmt: skip
        said.append(words.format(assembly=_(ASSEMBLIES[assembly]), part=percents(majority.needed)))
    days = statutes.notice.ordinary_days
    if days:
        said.append(
            ngettext(
                "Associates are called {days} day ahead.",
                "Associates are called {days} days ahead.",
                days,
            ).format(days=days)
        )
    return said


def _surplus_words(statutes: Statutes) -> list[str]:
    said = []
    if statutes.reserves.statutory_rate is not None:
        said.append(
            _("After the legal reserve, {part} of the surplus stays in common for ever.").format(
                part=percents(statutes.reserves.statutory_rate)
            )
        )
    if statutes.reserves.stop is not None:
        said.append(
            _("The legal reserve is fed {until}.").format(until=_(STOPS[statutes.reserves.stop]))
        )
    said.append(
        _("Shares may earn a small interest, capped by law.")
        if statutes.interest.is_paid
        else _("Shares earn no interest.")
    )
    return said


def _leaving_words(statutes: Statutes) -> list[str]:
    said = []
    years = statutes.leaving.years
    if years is not None:
        said.append(
            ngettext(
                "Shares are paid back at their value, less their part of losses, within {years}"
                " year.",
                "Shares are paid back at their value, less their part of losses, within {years}"
                " years.",
                years,
            ).format(years=years)
        )
    if statutes.leaving.reserves_bear_losses_first:
        said.append(_("Reserves bear losses before shares do."))
    return said
