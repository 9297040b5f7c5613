"""What members may vote on about delegations."""

from essaim.core.bylaws.rules import Article, declare
from essaim.kernel.errors import N_

DELEGATIONS_MAX = declare(
    Article(
        key="consultation.delegations-max",
        title=N_("How many voices one person may carry on a subject"),
        explanation=N_(
            "Given directly or through others. It keeps a few people from answering for many."
            " Proxies of assemblies have a limit of their own, in the statutes and the law."
        ),
        unit="count",
        minimum=1,
        maximum=1000,
        default=10,
    )
)
