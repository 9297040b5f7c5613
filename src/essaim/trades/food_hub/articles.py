"""What members may vote on in this trade."""

from essaim.core.bylaws.rules import Article, declare
from essaim.kernel.errors import N_

PLATFORM_RATE = declare(
    Article(
        key="food.platform-rate",
        title=N_("Contribution to the platform"),
        explanation=N_(
            "Part of the goods' price that pays for the software, its hosting and the people who"
            " run it. It is added as a fee, shown to the buyer, and fixed when a cycle opens."
        ),
        unit="bps",
        minimum=0,
        maximum=1500,
        default=300,
    )
)
COMMONS_RATE = declare(
    Article(
        key="food.commons-rate",
        title=N_("Contribution to the commons fund"),
        explanation=N_(
            "Part of the goods' price that goes to projects which members choose."
            " It is added as a fee, shown to the buyer, and fixed when a cycle opens."
        ),
        unit="bps",
        minimum=0,
        maximum=500,
        default=100,
    )
)
BASKET_MINUTES = declare(
    Article(
        key="food.basket-minutes",
        title=N_("How long a basket keeps scarce goods"),
        explanation=N_(
            "Goods in limited stock are kept for the person who put them in a basket during this"
            " time; then they are free again for everybody."
        ),
        unit="minutes",
        minimum=5,
        maximum=240,
        default=30,
    )
)
PAYMENT_MINUTES = declare(
    Article(
        key="food.payment-minutes",
        title=N_("Time to pay an order by card"),
        explanation=N_(
            "An order to be paid by card that is not paid in this time is cancelled and its goods"
            " are free again."
        ),
        unit="minutes",
        minimum=10,
        maximum=1440,
        default=60,
    )
)
WEIGHT_TOLERANCE = declare(
    Article(
        key="food.weight-tolerance",
        title=N_("Tolerance on weighed goods"),
        explanation=N_(
            "When goods are weighed after the order, the buyer pays the real weight, and never more"
            " than this above the ordered weight."
        ),
        unit="bps",
        minimum=0,
        maximum=3000,
        default=1000,
    )
)
FETCH_DELAY = declare(
    Article(
        key="food.fetch-delay",
        title=N_("Time to fetch an order after its pick-up time"),
        explanation=N_(
            "An order that nobody fetched was made all the same: it stays due and its producers are"
            " paid. This long after the end of the pick-up time, the hub may say so and why. It may"
            " also let the order go: the buyer is refunded and nobody is paid."
        ),
        unit="minutes",
        minimum=0,
        maximum=10_080,
        default=60,
    )
)
