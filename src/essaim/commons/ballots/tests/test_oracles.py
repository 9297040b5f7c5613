"""Thousands of random elections, counted by independent libraries too.

Where a library's convention differs from ours, the test says so and compares what is left.
"""

from collections import Counter
from random import Random

import pyrankvote
import votelib.evaluate
import votelib.evaluate.cardinal
import votelib.evaluate.condorcet
import votelib.evaluate.core
import votelib.evaluate.sequential

from essaim.commons.ballots.rules.judgment import majority_judgment
from essaim.commons.ballots.rules.papers import MarkedBallot, leaders
from essaim.commons.ballots.rules.schulze import schulze
from essaim.commons.ballots.rules.scores import Score, score
from essaim.commons.ballots.rules.transfers import instant_runoff, single_transferable_vote
from essaim.commons.ballots.tests.elections import LETTERS, random_rankings


def plain(ballots):
    votes = Counter()
    for ballot in ballots:
        votes[tuple(option for (option,) in ballot.tiers)] += ballot.weight
    return votes


def test_3000_schulze_elections_agree_with_votelib():
    """votelib ranks by the number of those beaten; a first place won alone is the same in both."""
    random = Random(1)
    compared = 0
    for _ in range(3000):
        options = LETTERS[: random.randint(2, 7)]
        votes = random_rankings(random, options, random.randint(1, 12))
        result = schulze(options, votes)
        pairs = {
            (a, b): result.preferences[i][j]
            for i, a in enumerate(options)
            for j, b in enumerate(options)
            if i != j
        }
        theirs = votelib.evaluate.condorcet.Schulze().evaluate(pairs, 1)
        if len(result.winners) == 1 and not isinstance(theirs[0], votelib.evaluate.core.Tie):
            compared += 1
            assert theirs == list(result.winners)

    assert compared > 2000


def test_pairwise_figures_agree_with_a_count_one_by_one():
    random = Random(2)
    for _ in range(300):
        options = LETTERS[: random.randint(2, 7)]
        votes = random_rankings(random, options, 8)
        place = [{option: rank for rank, (option,) in enumerate(ballot.tiers)} for ballot in votes]
        result = schulze(options, votes)
        for i, a in enumerate(options):
            for j, b in enumerate(options):
                expected = sum(
                    ballot.weight
                    for ballot, ranks in zip(votes, place, strict=True)
                    if a in ranks and ranks[a] < ranks.get(b, 99)
                )
                assert result.preferences[i][j] == expected


def test_2000_run_offs_agree_with_pyrankvote():
    """pyrankvote breaks ties by second choices, so only elections without ties are compared."""
    random = Random(3)
    compared = 0
    for _ in range(2000):
        options = LETTERS[: random.randint(2, 6)]
        votes = random_rankings(random, options, random.randint(5, 30))
        result = instant_runoff(options, votes)
        if result.ties:
            continue
        people = {option: pyrankvote.Candidate(option) for option in options}
        ballots = [
            pyrankvote.Ballot([people[option] for (option,) in ballot.tiers])
            for ballot in votes
            for _ in range(ballot.weight)
        ]
        theirs = pyrankvote.instant_runoff_voting(list(people.values()), ballots)
        compared += 1
        assert [winner.name for winner in theirs.get_winners()] == list(result.winners)

    assert compared > 800


def test_2000_stv_elections_agree_with_votelib():
    """votelib moves the surpluses of all those elected in a round together; we the largest first.

    So elections in which two surpluses wait together are left out, and those with ties. pyrankvote
    elects from votes / (seats + 1) on, without the + 1 of Droop, and is no oracle here.
    """
    random = Random(4)
    evaluator = votelib.evaluate.sequential.TransferableVoteSelector(
        quota_function="droop", transferer="Gregory"
    )
    compared = 0
    for _ in range(2000):
        options = LETTERS[: random.randint(3, 7)]
        seats = random.randint(1, len(options) - 1)
        votes = random_rankings(random, options, random.randint(8, 40))
        result = single_transferable_vote(options, votes, seats)
        if result.ties or any(len(each.elected) > 1 for each in result.rounds[:-1]):
            continue
        try:
            theirs = evaluator.evaluate(dict(plain(votes)), seats)
        except (NotImplementedError, votelib.evaluate.core.VotingSystemError):
            continue
        compared += 1
        assert set(theirs) == set(result.winners), (votes, seats)

    assert compared > 700


def test_2000_majority_judgments_agree_with_votelib():
    """votelib takes several equal medians off at once, and sometimes too many: see the next test.

    Both agree whenever the majority grades alone decide.
    """
    random = Random(5)
    compared = 0
    evaluator = votelib.evaluate.cardinal.MajorityJudgment()
    for _ in range(2000):
        options = LETTERS[: random.randint(2, 5)]
        votes = [
            MarkedBallot(tuple(random.randint(0, 5) for _ in options))
            for _ in range(random.randint(3, 25))
        ]
        result = majority_judgment(options, votes, range(6))
        best = [p for p in result.profiles if p.majority_mark == result.profiles[0].majority_mark]
        if len(best) > 1:
            continue
        papers = Counter(frozenset(zip(options, ballot.marks, strict=True)) for ballot in votes)
        compared += 1
        assert evaluator.evaluate(papers, 1) == list(result.winners)

    assert compared > 500


def test_3000_ties_of_majority_grades_agree_with_medians_taken_off_one_by_one():
    random = Random(6)
    for _ in range(3000):
        options = LETTERS[: random.randint(2, 4)]
        votes = [
            MarkedBallot(tuple(random.randint(0, 3) for _ in options))
            for _ in range(random.randint(2, 9))
        ]
        values = {}
        for place, option in enumerate(options):
            marks = sorted(ballot.marks[place] for ballot in votes)
            values[option] = [marks.pop((len(marks) - 1) // 2) for _ in range(len(marks))]
        best = max(values.values())

        winners = majority_judgment(options, votes, range(4)).winners

        assert set(winners) == {option for option in options if values[option] == best}


def test_1000_sums_and_means_of_scores_agree_with_votelib():
    random = Random(7)
    compared = 0
    for _ in range(1000):
        options = LETTERS[: random.randint(2, 5)]
        by = random.choice(list(Score))
        votes = [MarkedBallot(tuple(random.randint(0, 5) for _ in options)) for _ in range(9)]
        result = score(options, votes, by=by)
        if result.tied:
            continue
        papers = Counter(frozenset(zip(options, ballot.marks, strict=True)) for ballot in votes)
        evaluator = votelib.evaluate.cardinal.ScoreVoting(by.value)
        compared += 1
        assert evaluator.evaluate(papers, 1) == list(result.winners)

    assert compared > 600


def test_leaders_are_told_from_those_who_compete_for_the_last_seat():
    assert leaders((("A",), ("B", "C"), ("D",)), 2) == (("A",), ("B", "C"))
    assert leaders((("A",), ("B", "C"), ("D",)), 3) == (("A", "B", "C"), ())
