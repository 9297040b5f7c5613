"""What members may vote on about how they deliberate."""

from essaim.core.bylaws.rules import Article, declare
from essaim.kernel.errors import N_

SUPPORT_SHARE = declare(
    Article(
        key="deliberation.support-share",
        title=N_("Share of the associates who bring a proposal to the agenda"),
        explanation=N_(
            "A proposal that this share of the associates supports is put on the agenda of the next"
            " assembly. How many that makes is counted when the proposal is opened, and stays."
        ),
        unit="bps",
        minimum=0,
        maximum=5000,
        default=500,
    )
)
SUPPORT_MINIMUM = declare(
    Article(
        key="deliberation.support-minimum",
        title=N_("Fewest supports that bring a proposal to the agenda"),
        explanation=N_(
            "However small the share, at least this many associates must support a proposal;"
            " never more than there are."
        ),
        unit="count",
        minimum=1,
        maximum=1000,
        default=5,
    )
)
SUPPORT_DAYS = declare(
    Article(
        key="deliberation.support-days",
        title=N_("How long a proposal gathers supports"),
        explanation=N_("After this time, a proposal that has too few supports expires."),
        unit="days",
        minimum=7,
        maximum=730,
        default=90,
    )
)
CONSENT_CHANGES_RULES = declare(
    Article(
        key="deliberation.consent-changes-rules",
        title=N_("The consent of all may change a rule without an assembly (1: yes, 0: no)"),
        explanation=N_(
            "At 0, a rule that all consent to goes to the agenda of the next assembly, which"
            " decides. At 1, it is in force from its date. Statutes and law come first."
        ),
        unit="count",
        minimum=0,
        maximum=1,
        default=0,
    )
)
