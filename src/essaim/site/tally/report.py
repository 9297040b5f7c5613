"""The French report of a count, in the terminal: who won, why, and how ties ended."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group
from rich.markup import escape
from rich.table import Table

from essaim.commons.ballots.rules.budgets import Allocation
from essaim.commons.ballots.rules.judgment import JudgmentResult
from essaim.commons.ballots.rules.papers import TIE_SENTENCES, Number
from essaim.commons.ballots.rules.schulze import SchulzeResult
from essaim.commons.ballots.rules.scores import ScoreResult
from essaim.commons.ballots.rules.transfers import Move, Round, TransferResult
from essaim.site.tally.counting import Asked, Method, Motion, Outcome, Result
from essaim.site.tally.sentences import in_french
from essaim.site.tally.texts import BallotFile

NARROW = "\u202f"
TITLES = {
    Method.MAJORITY: "majorité",
    Method.MAJORITY_JUDGMENT: "jugement majoritaire",
    Method.SCHULZE: "méthode de Schulze",
    Method.IRV: "vote alternatif, à éliminations successives",
    Method.STV: "vote unique transférable (quota de Droop)",
    Method.APPROVAL: "vote par approbation",
    Method.SCORE: "vote par notes",
    Method.BUDGET_GREEDY: "budget participatif, dans l’ordre des voix",
    Method.EQUAL_SHARES: "budget participatif, à parts égales",
}
MATRIX_MAX = 12
"""Beyond, a pairwise table does not fit a terminal; `--json` holds it whole."""
WIDTH_REDIRECTED = 110


def show(file: BallotFile, outcome: Outcome, asked: Asked, name: str) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_REDIRECTED)
    guessed = " (la méthode habituelle pour ce fichier)" if outcome.is_guessed else ""
    facts = [
        ("Fichier", escape(name)),
        ("SHA-256", asked.digest),
        ("Bulletins", number(outcome.ballots_count)),
        ("Méthode", f"{TITLES[outcome.method]}{guessed}"),
    ]
    if outcome.method not in {Method.BUDGET_GREEDY, Method.EQUAL_SHARES, Method.MAJORITY}:
        facts.append(("Sièges", str(asked.seats_count)))
    console.print(_facts(facts))
    console.print(f"\n[bold green]{escape(_verdict(file, outcome))}[/bold green]\n")
    console.print(_body(file, outcome.result))
    for line in _closing(file, outcome, asked):
        console.print(escape(line))


def number(value: Number, digits: int = 4) -> str:
    """Return « 1 234,5 »: spaces by thousands, a comma, at most `digits` digits after it."""
    if value.denominator == 1:
        return f"{value.numerator:,}".replace(",", NARROW)
    shown = f"{float(value):,.{digits}f}".rstrip("0").rstrip(".")
    return shown.replace(",", NARROW).replace(".", ",")


def percent(share: Number) -> str:
    return f"{number(share * 100, 1)}{NARROW}%"


def _verdict(file: BallotFile, outcome: Outcome) -> str:
    names = ", ".join(file.names[option] for option in outcome.winners)
    many = len(outcome.winners) > 1
    if isinstance(outcome.result, tuple):
        return f"Adopté : {names}." if names else "Rien n’est adopté."
    if isinstance(outcome.result, Allocation):
        return (
            f"{len(outcome.winners)} projets retenus."
            if many
            else ("Un projet retenu." if names else "Aucun projet retenu.")
        )
    if outcome.tied:
        tied = ", ".join(file.names[option] for option in outcome.tied)
        sure = [file.names[each] for each in outcome.winners if each not in outcome.tied]
        before = f"Élus : {', '.join(sure)}. " if sure else ""
        return f"{before}À égalité pour la dernière place : {tied}."
    if not names:
        return "Personne n’est élu."
    # A name may end with a full stop of its own.
    return f"{'Élus' if many else 'Élu'} : {names.removesuffix('.')}."


def _body(file: BallotFile, result: Result) -> Any:
    if isinstance(result, tuple):
        return Group(*(_motion(motion) for motion in result))
    if isinstance(result, SchulzeResult):
        return _schulze(file, result)
    if isinstance(result, TransferResult):
        return _rounds(file, result)
    if isinstance(result, JudgmentResult):
        return _profiles(file, result)
    if isinstance(result, ScoreResult):
        return _scores(file, result)
    return _budget(file, result)


def _closing(file: BallotFile, outcome: Outcome, asked: Asked) -> Iterable[str]:
    """Yield the ties and how they ended, the ranking, and what is to be known of the file."""
    if outcome.ties:
        yield ""
    for tie in outcome.ties:
        tied = ", ".join(file.names[option] for option in tie.tied)
        how = in_french(TIE_SENTENCES[tie.rule])
        place = f"Tour {tie.round_number}" if tie.round_number else "Dernière place"
        where = f" (tour {tie.decided_in})" if tie.decided_in else ""
        yield f"{place}, égalité entre {tied} : {file.names[tie.chosen]}, par {how}{where}."
    if any(tie.rule.value == "draw" for tie in outcome.ties):
        yield f"Tirage au sort public, graine : {asked.draw_seed}"
    if outcome.ranking and not isinstance(outcome.result, Allocation):
        tiers = (" = ".join(file.names[each] for each in tier) for tier in outcome.ranking)
        yield "\nClassement : " + " > ".join(tiers)
    if isinstance(outcome.result, Allocation) and file.published is not None:
        yield from _beside_published(file, outcome.result)
    for sentence, details in outcome.notes:
        yield "\n" + in_french(sentence, details)


def _beside_published(file: BallotFile, result: Allocation) -> Iterable[str]:
    """Say whether the file tells the same of its own count, and where it does not."""
    said, found = file.published, set(result.winners)
    if said is None or said.selected is None:
        return
    if said.selected == found:
        yield "\nCe sont les projets que le fichier dit retenus."
        return
    more = [file.names[key] for key in file.names if key in said.selected - found]
    less = [file.names[key] for key in file.names if key in found - said.selected]
    named = (("retenus", more), ("écartés", less))
    parts = [f"{word} {', '.join(names)}" for word, names in named if names]
    told = f"{NARROW}; ".join(parts)
    yield f"\nLe fichier dit autre chose\u00a0: {told}."


def _schulze(file: BallotFile, result: SchulzeResult) -> Any:
    order = [option for tier in result.ranking for option in tier]
    if len(order) > MATRIX_MAX:
        return f"{len(order)} options : la table des duels est dans --json."
    place = {option: index for index, option in enumerate(result.options)}
    table = _table(("", *(file.names[option] for option in order)))
    for one in order:
        cells = []
        for other in order:
            wins = result.preferences[place[one]][place[other]]
            losses = result.preferences[place[other]][place[one]]
            shown = number(wins) if one != other else "–"
            cells.append(f"[bold]{shown}[/bold]" if wins > losses else shown)
        table.add_row(escape(file.names[one]), *cells)
    condorcet = result.condorcet_winner
    if condorcet is None:
        beaten = "Personne ne gagne tous ses duels : les chemins les plus forts décident."
    else:
        beaten = f"{file.names[condorcet]} gagne tous ses duels."
    legend = "Chaque ligne : combien de bulletins préfèrent cette option à celle de la colonne."
    return Group(table, "", legend, escape(beaten))


def _rounds(file: BallotFile, result: TransferResult) -> Any:
    title = "Quota" if result.seats_count > 1 else "Seuil"
    table = _table(("Tour", title, "Voix", "Décision"), left={2, 3})
    for each in result.rounds:
        votes = sorted(each.votes.items(), key=lambda pair: -pair[1])
        shown = [f"{escape(file.names[option])} {number(count)}" for option, count in votes]
        if each.exhausted:
            shown.append(f"épuisés {number(each.exhausted)}")
        quota, decision = number(each.quota), "\n".join(_decisions(file, each))
        table.add_row(str(each.number), quota, " · ".join(shown), decision)
    return table


def _decisions(file: BallotFile, each: Round) -> Iterable[str]:
    if each.elected:
        yield "élu : " + escape(", ".join(file.names[option] for option in each.elected))
    if each.move is not None:
        what = "excédent de" if each.move is Move.SURPLUS else "éliminé :"
        yield f"{what} {escape(file.names[each.moved])}"
        yield " ".join(
            f"+{number(count)} {escape(file.names[option]) if option else 'épuisés'}"
            for option, count in each.transfers.items()
        )


def _profiles(file: BallotFile, result: JudgmentResult) -> Any:
    words = dict(file.marks_scale)
    order = range(len(result.scale) - 1, -1, -1)
    titles = (words[result.scale[place]] for place in order)
    table = _table(("", *titles, "Mention", "Mieux", "Moins bien"))
    for profile in result.profiles:
        table.add_row(
            escape(file.names[profile.option]),
            *(number(profile.counts[place]) for place in order),
            f"[bold]{escape(words[profile.majority_mark])}[/bold]",
            percent(profile.better),
            percent(profile.worse),
        )
    lines = []
    for each in result.separations:
        above, below = file.names[each.above], file.names[each.below]
        if each.mark_above is None or each.mark_below is None:
            lines.append(f"{above} et {below} ont le même profil : égalité.")
        else:
            lines.append(
                f"{above} avant {below} : une fois {number(each.removed)} mention(s) médiane(s)"
                f" ôtée(s), « {words[each.mark_above]} » contre « {words[each.mark_below]} »."
            )
    return Group(table, *(escape(line) for line in lines))


def _scores(file: BallotFile, result: ScoreResult) -> Any:
    titles = ("", "Notée par", "Total", "Moyenne" if result.score.value == "mean" else "Somme", "")
    table = _table(titles)
    for each in result.scores:
        table.add_row(
            escape(file.names[each.option]),
            number(each.marked_by),
            number(each.total),
            f"[bold]{number(each.value)}[/bold]",
            "" if each.has_quorum else "sous le quorum",
        )
    return table


def _budget(file: BallotFile, result: Allocation) -> Any:
    table = _table(("N°", "Projet", "Coût", "Voix", "Payé par"), left={1, 4})
    for place, each in enumerate(result.purchases, start=1):
        paid = "le reste du budget" if each.rate is None else "les soutiens"
        table.add_row(
            str(place),
            escape(file.names[each.project]),
            number(each.cost),
            number(each.votes),
            "le budget" if result.rule.value == "budget-greedy" else paid,
        )
    left = result.budget - result.spent
    lines = [
        f"Budget {number(result.budget)}, dépensé {number(result.spent)}, reste {number(left)}."
    ]
    if result.tried_count:
        lines.append(
            f"Chaque votant avait {number(result.voter_budget, 2)} à dépenser"
            f" ({result.tried_count} essai{'s' if result.tried_count > 1 else ''})."
        )
    return Group(table, "", *lines)


def _motion(motion: Motion) -> Any:
    table = _table((motion.option, "Oui", "Non", "Abstentions", "Part du oui", "Il faut"))
    result = motion.result
    strictly = "plus de " if result.majority.is_strict else ""
    needed = f"{strictly}{percent(result.majority.share)}"
    share = "–" if result.yes_share is None else percent(result.yes_share)
    votes = result.votes
    table.add_row(
        "une personne, une voix",
        *(number(count) for count in (votes.yes, votes.no, votes.abstain)),
        share,
        needed,
    )
    if motion.by_colleges is not None:
        for part in motion.by_colleges.parts:
            shares = (percent(count) for count in (part.yes, part.no, part.abstain))
            table.add_row(f"{escape(part.key)} ({percent(part.weight)})", *shares, "", "")
        weighted = motion.by_colleges.weighted.yes_share
        table.add_row("par collèges", "", "", "", "" if weighted is None else percent(weighted), "")
    said = "adopté" if motion.is_adopted else "rejeté"
    tie = " (égalité)" if result.is_tie else ""
    return Group(table, f"[bold]→ {said}[/bold]{tie}", "")


def _facts(facts: Iterable[tuple[str, str]]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for fact in facts:
        table.add_row(*fact)
    return table


def _table(titles: Iterable[str], left: Iterable[int] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, title in enumerate(titles):
        is_left = place == 0 or place in set(left)
        table.add_column(escape(title), justify="left" if is_left else "right")
    return table
