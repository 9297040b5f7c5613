"""`essaim tally FILE`: recount a public ballot file, without database nor settings.

Answers 0 when it counted and 2 when the file or the question cannot be counted; then nothing is
written on the standard output. The formats are described in docs/reference/tally-csv.md.
"""

import argparse
import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path

from essaim.commons.ballots.rules.colleges import check_weights
from essaim.commons.ballots.rules.equal_shares import Utility
from essaim.commons.ballots.rules.motions import ABSOLUTE, SIMPLE, Majority
from essaim.commons.ballots.rules.schulze import Links
from essaim.commons.ballots.rules.scores import Score
from essaim.kernel.errors import RuleBroken
from essaim.site.tally.counting import KINDS, Asked, Method, count
from essaim.site.tally.reading import read

MAJORITIES = {
    "simple": SIMPLE,
    "absolue": ABSOLUTE,
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FICHIER", type=Path, help=".soc .soi .toc .toi .pb .csv")
    parser.add_argument(
        "--method", choices=[method.value for method in Method], help="sinon, selon le fichier"
    )
    parser.add_argument("--seats", type=_positive, default=1, metavar="N", help="sièges à pourvoir")
    parser.add_argument("--seed", default="", help="graine publique des tirages au sort")
    parser.add_argument("--margins", action="store_true", help="Schulze : par écarts de voix")
    parser.add_argument("--mean", action="store_true", help="notes : la moyenne, et non la somme")
    parser.add_argument(
        "--quorum", type=_share, default=Fraction(0), help="notes : part des votants, comme 1/5"
    )
    parser.add_argument(
        "--utility",
        choices=[utility.value for utility in Utility],
        help="parts égales : ce que vaut un projet à qui le soutient, son coût ou sa note",
    )
    parser.add_argument(
        "--majority",
        type=_majority,
        default=SIMPLE,
        metavar="M",
        help="simple, absolue, ou une part à atteindre comme 2/3",
    )
    parser.add_argument(
        "--college",
        type=_college,
        action="append",
        default=[],
        metavar="NOM=PART",
        help="poids d’un collège, en pour cent ; à répéter",
    )
    parser.add_argument("--json", action="store_true", help="un seul objet JSON")


def run(options: argparse.Namespace) -> int:
    try:
        content = options.file.read_bytes()
    except OSError as problem:
        return _refuse(f"Le fichier {options.file} ne se lit pas ({problem.strerror}).")
    try:
        asked = _asked(options, hashlib.sha256(content).hexdigest())
        wanted = KINDS[asked.method] if asked.method else None
        file = read(content, options.file.name, wanted)
        outcome = count(file, asked)
    except RuleBroken as refusal:
        from essaim.site.tally.sentences import refusal_in_french

        return _refuse(refusal_in_french(refusal))
    if options.json:
        from essaim.site.tally.export import as_json

        shown = as_json(file, outcome, asked, options.file.name)
        sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1) + "\n")
    else:
        from essaim.site.tally.report import show

        show(file, outcome, asked, options.file.name)
    return 0


def _asked(options: argparse.Namespace, digest: str) -> Asked:
    weights = dict(options.college)
    if weights:
        check_weights(list(weights.values()))
    return Asked(
        method=Method(options.method) if options.method else None,
        seats_count=options.seats,
        seed=options.seed,
        digest=digest,
        links=Links.MARGINS if options.margins else Links.WINNING_VOTES,
        majority=options.majority,
        score=Score.MEAN if options.mean else Score.SUM,
        quorum=options.quorum,
        utility=Utility(options.utility) if options.utility else None,
        college_weights=weights,
    )


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("il faut au moins un siège")
    return number


def _share(text: str) -> Fraction:
    """Read « 2/3 », « 0,5 » or « 25 % » as a share of one."""
    plain = text.replace(",", ".").strip()
    is_percent = plain.endswith("%")
    try:
        share = Fraction(plain.removesuffix("%").strip()) / (100 if is_percent else 1)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une part") from None
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une part entre 0 et 1")
    return share


def _majority(text: str) -> Majority:
    if text in MAJORITIES:
        return MAJORITIES[text]
    share = _share(text)
    if not share:
        raise argparse.ArgumentTypeError("une majorité est plus que zéro")
    return Majority(share)


def _college(text: str) -> tuple[str, Fraction]:
    name, equals, weight = text.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"« {text} » : écrivez NOM=PART, comme usagers=30")
    return name.strip(), _share(weight if weight.strip().endswith("%") else f"{weight}%")
