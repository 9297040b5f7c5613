"""`essaim tally`: what it prints, what it answers, and that it needs nothing else."""

import json
import os
import subprocess
import sys
from hashlib import sha256

import pytest

from essaim.site import cli, launch, typography

TENNESSEE = """# NUMBER ALTERNATIVES: 4
# ALTERNATIVE NAME 1: Memphis
# ALTERNATIVE NAME 2: Nashville
# ALTERNATIVE NAME 3: Chattanooga
# ALTERNATIVE NAME 4: Knoxville
42: 1,2,3,4
26: 2,3,4,1
15: 3,4,2,1
17: 4,3,2,1
"""
BUDGET = """META
key;value
budget;100
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
1;45;Jardin
2;50;Banc
3;40;Arbre
VOTES
voter_id;vote
a;1,2
b;1,2
c;1,2
d;3
e;3
"""
TABLES = {
    "grades.csv": "Nord,Sud\nbien,passable\nexcellent,bien\nà rejeter,bien\n",
    "ranks.csv": "A,B,C\n1,2,3\n2,1,3\n2,1,3\n",
    "approvals.csv": "A,B,C\n1,1,0\n1,0,0\n0,1,0\n",
    "scores.csv": "A,B\n5,3\n,4\n,4\n",
    "motions.csv": (
        "college,Comptes,Statuts\nusagers,oui,non\nusagers,oui,oui\nsalariés,oui,non\n"
        "salariés,non,non\nproducteurs,abstention,non\n"
    ),
    "tied.csv": "A,B,C\n1,1,0\n0,0,1\n",
    "same.csv": "A,B\nbien,passable\npassable,bien\n",
    "cycle.csv": "A,B,C\n1,2,3\n3,1,2\n2,3,1\n",
    "nobody.csv": "A,B\n3,\n,4\n",
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "tennessee.soc").write_text(TENNESSEE)
    (tmp_path / "quartier.pb").write_text(BUDGET)
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def tally(folder, capsys):
    def run(name, *options):
        with pytest.raises(SystemExit) as ended:
            cli.main(["tally", str(folder / name), *options])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture
def counted(tally):
    def run(name, *options):
        code, out, err = tally(name, *options, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return run


def ids(found):
    return [winner["id"] for winner in found["winners"]]


def test_the_same_ballots_elect_each_method_s_known_winner(counted):
    assert ids(counted("tennessee.soc")) == ["2"]
    assert ids(counted("tennessee.soc", "--method", "irv")) == ["4"]
    assert ids(counted("tennessee.soc", "--method", "stv", "--seats", "2")) == ["1", "2"]
    assert ids(counted("ranks.csv")) == ["B"]


@pytest.mark.parametrize(
    ("name", "options", "method"),
    [
        ("tennessee.soc", [], "schulze"),
        ("tennessee.soc", ["--seats", "2"], "stv"),
        ("quartier.pb", [], "budget-greedy"),
        ("grades.csv", [], "majority-judgment"),
        ("ranks.csv", [], "schulze"),
        ("approvals.csv", [], "approval"),
        ("motions.csv", [], "majority"),
    ],
)
def test_the_usual_method_of_a_file_is_guessed_and_said(counted, tally, name, options, method):
    found = counted(name, *options)

    assert (found["method"], found["method_guessed"]) == (method, True)
    assert "méthode habituelle" in tally(name, *options)[1]


def test_the_object_holds_the_file_the_figures_and_exact_fractions(counted, folder):
    found = counted("scores.csv", "--method", "score", "--mean", "--quorum", "1/2")

    assert found["format"] == "essaim-tally/1"
    digest = sha256((folder / "scores.csv").read_bytes()).hexdigest()
    assert found["file"] == {"name": "scores.csv", "sha256": digest, "kind": "marks"}
    assert ids(found) == ["B"]
    value = found["details"]["scores"][0]["value"]
    assert value == {"exact": "11/3", "decimal": 11 / 3}
    assert found["ballots"] == 3


def test_a_budget_is_counted_both_ways(counted):
    assert ids(counted("quartier.pb")) == ["1", "2"]
    shares = counted("quartier.pb", "--method", "equal-shares")
    assert ids(shares) == ["1", "3"]
    assert shares["details"]["spent"] == 85


POLISH = """META
key;value
description;Budżet "Łódź"
num_votes;4
budget;100000,50
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;votes;name;selected
1;60000;3;Park;1
2;50000;2;Plac zabaw;0
5;40000;1;Ławki;1
VOTES
voter_id;age;voting_method;vote
1;30;paper;1,2
2;;internet;1
3;44;internet;1,5
4;60;internet;2
"""


def test_a_budget_is_compared_with_what_its_file_says_was_chosen(counted, tally, folder):
    (folder / "lodz.pb").write_text(POLISH)
    (folder / "other.pb").write_text(
        POLISH.replace("Plac zabaw;0", "Plac zabaw;1").replace("1;Ławki;1", "2;Ławki;0")
    )

    assert counted("lodz.pb")["details"]["as_published"] == {"selected": True, "votes": True}
    assert counted("other.pb")["details"]["as_published"] == {"selected": False, "votes": False}
    assert counted("quartier.pb")["details"]["as_published"] == {"selected": None, "votes": None}
    assert "Ce sont les projets que le fichier dit retenus." in tally("lodz.pb")[1]
    told = " ".join(tally("other.pb")[1].split())
    assert "retenus Plac zabaw ; écartés Ławki" in told


def test_an_elected_name_keeps_one_full_stop(tally, folder):
    (folder / "dublin.soc").write_text("# ALTERNATIVE NAME 1: Boland F.G.\n2: 1\n")

    assert "Élu : Boland F.G.\n" in tally("dublin.soc")[1]


def test_colleges_weigh_when_their_weights_are_given(counted, tally):
    weights = ["--college", "usagers=40", "--college", "salariés=40", "--college", "producteurs=20"]

    found = counted("motions.csv", *weights)

    accounts = found["details"]["motions"][0]
    assert accounts["yes_share"] == {"exact": "3/4", "decimal": 0.75}
    assert accounts["by_colleges"]["yes_share"] == {"exact": "3/4", "decimal": 0.75}
    assert accounts["by_colleges"]["parts"][2]["college"] == "producteurs"
    assert ids(found) == ["Comptes"]
    assert "Les collèges ne pèsent pas" in tally("motions.csv")[1]


def test_rankings_weigh_by_colleges_too(counted, folder):
    rows = ["college,A,B", *["usagers,1,2"] * 6, "salariés,2,1", "producteurs,2,1"]
    (folder / "weighed.csv").write_text("\n".join(rows), encoding="utf-8")
    weights = ["--college", "usagers=40", "--college", "salariés=40", "--college", "producteurs=20"]

    assert ids(counted("weighed.csv", "--method", "schulze")) == ["A"]
    found = counted("weighed.csv", "--method", "schulze", *weights)
    assert ids(found) == ["B"]
    assert found["details"]["preferences"][0][1] == {"exact": "16/5", "decimal": 3.2}


def test_a_tie_is_reported_and_a_seed_settles_it(counted, tally):
    tied = counted("tied.csv")
    drawn = counted("tied.csv", "--seed", "procès-verbal du 3 mai")

    assert (tied["is_tie"], tied["tied"], ids(tied)) == (True, ["A", "B", "C"], ["A", "B", "C"])
    assert (drawn["is_tie"], len(ids(drawn)), drawn["ties"][0]["rule"]) == (False, 1, "draw")
    assert "À égalité" in tally("tied.csv")[1]
    assert (
        "graine : procès-verbal du 3 mai"
        in tally("tied.csv", "--seed", "procès-verbal du 3 mai")[1]
    )


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("grades.csv", ["--method", "majority-judgment", "--seats", "2"], ["Élus : Sud, Nord."]),
        ("same.csv", [], ["même profil", "À égalité pour la dernière place : A, B."]),
        ("cycle.csv", [], ["Personne ne gagne tous ses duels"]),
        ("tied.csv", ["--seats", "2"], ["À égalité"]),
        ("nobody.csv", ["--method", "score", "--quorum", "1"], ["Personne n’est élu."]),
        (
            "motions.csv",
            ["--college", "usagers=40", "--college", "salariés=40", "--college", "producteurs=20"],
            ["par collèges", "producteurs (20 %)"],
        ),
        ("tennessee.soc", [], ["Élu : Nashville.", "gagne tous ses duels", "Classement"]),
        ("tennessee.soc", ["--method", "irv"], ["Élu : Knoxville.", "éliminé : Chattanooga"]),
        ("tennessee.soc", ["--method", "stv", "--seats", "2"], ["Quota", "excédent de Memphis"]),
        ("quartier.pb", ["--method", "equal-shares"], ["2 projets retenus.", "reste 15"]),
        ("grades.csv", [], ["Élu : Sud.", "Mention"]),
        ("scores.csv", ["--method", "score"], ["Somme", "Élu : B."]),
        ("motions.csv", ["--majority", "2/3"], ["Adopté : Comptes.", "→ rejeté"]),
    ],
)
def test_the_report_says_who_won_and_why(tally, folder, name, options, words):
    code, out, err = tally(name, *options)

    assert (code, err) == (0, "")
    assert sha256((folder / name).read_bytes()).hexdigest() in out
    for word in words:
        assert word in out.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bad.soc", "3: 1,2\n1: 2,9x\n", "Ligne 2 : « 9x » n’est pas le numéro d’une option."),
        ("empty.csv", "", "Ce fichier ne contient aucun bulletin."),
        (
            "quartier.pb",
            BUDGET.replace("budget;100", "budget;x"),
            "Ligne 3 : « x » n’est pas un montant",
        ),
    ],
)
def test_a_bad_file_gets_one_french_sentence_and_nothing_on_the_output(
    tally, folder, name, content, sentence
):
    (folder / name).write_text(content, encoding="utf-8")

    code, out, err = tally(name, "--json")

    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err.replace("\u202f", " ").replace("\u00a0", " ")
    assert typography.problems(err.strip()) == []


@pytest.mark.parametrize(
    ("name", "options", "word"),
    [
        ("tennessee.soc", ["--method", "approval"], "approval"),
        ("tennessee.soc", ["--method", "stv", "--seats", "9"], "ne suffisent pas"),
        ("motions.csv", ["--college", "a=50", "--college", "b=50"], "usagers"),
        ("motions.csv", ["--college", "usagers=100"], "Chaque collège pèse"),
        ("nowhere.soc", [], "nowhere.soc"),
    ],
)
def test_what_cannot_be_counted_is_refused(tally, name, options, word):
    code, out, err = tally(name, *options)

    assert (code, out) == (2, "")
    assert word in err


@pytest.mark.parametrize(
    "options",
    [
        ["--majority", "9/4"],
        ["--majority", "0"],
        ["--college", "usagers=a lot"],
        ["--seats", "0"],
        ["--college", "usagers"],
        ["--quorum", "half"],
    ],
)
def test_an_option_that_means_nothing_is_refused(tally, options):
    code, out, _ = tally("tennessee.soc", *options)

    assert (code, out) == (2, "")


def test_it_needs_no_database_no_settings_and_no_django(folder):
    program = (
        "import sys; from essaim.site import cli\n"
        "try: cli.main()\n"
        "finally: print(sorted(m for m in ('django', 'psycopg', 'babel') if m in sys.modules))"
    )
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith(("DJANGO", "DATABASE", "ESSAIM"))
    }

    done = subprocess.run(
        [sys.executable, "-c", program, "tally", str(folder / "tennessee.soc"), "--method", "irv"],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(launch.CODE_ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Élu : Knoxville." in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
