"""`essaim init`: the first-run wizard; every question is also a flag."""

import argparse
import getpass
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from essaim.site import env, launch
from essaim.site.commands.run import default_data_dir

if TYPE_CHECKING:
    from essaim.site.founding import Choice

Reader = Callable[[str], str]
TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know. `reader` names a function of `essaim.site.founding`."""

    name: str
    text: str
    reader: str
    default: str | None = None
    """What an empty answer means; None when an answer is needed."""
    only_with: str = ""
    is_secret: bool = False

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


QUESTIONS = (
    Question("name", "Le nom de votre coopérative", "read_name"),
    Question("siren", "Son SIREN (vide si elle n’existe pas encore)", "read_siren", ""),
    Question("admin_name", "Votre nom", "read_name"),
    Question("admin_email", "Votre adresse de courriel", "read_email"),
    Question(
        "base_url",
        "L’adresse du site (vide : cette machine seulement)",
        "read_base_url",
        "http://localhost:8000",
    ),
    Question("smtp_host", "Le serveur de courriel (vide : aucun)", "read_smtp_host", ""),
    Question("smtp_port", "Son port", "read_port", "587", only_with="smtp_host"),
    Question("smtp_user", "Le compte sur ce serveur", "read_anything", "", only_with="smtp_host"),
    Question(
        "smtp_password", "Son mot de passe", "read_anything", "", only_with="smtp_host",
        is_secret=True,
    ),
    Question(
        "from_email", "L’expéditeur des courriels (vide : vous)", "read_anything", "",
        only_with="smtp_host",
    ),
)  # fmt: skip


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", type=Path, default=default_data_dir())
    parser.add_argument(
        "--territory", metavar="NOM_OU_CODE", help="intercommunalité ou commune : nom, code, SIREN"
    )
    parser.add_argument("--territory-name", help="le nom du territoire, si ce n’est pas le sien")
    for question in QUESTIONS:
        parser.add_argument(question.flag, help=question.text)


def run(options: argparse.Namespace) -> int:
    is_asking = sys.stdin.isatty()
    missing = [q.flag for q in QUESTIONS if q.default is None and getattr(options, q.name) is None]
    missing += ["--territory"] if options.territory is None else []
    if missing and not is_asking:
        launch.say(f"Sans terminal, il manque : {', '.join(missing)}.")
        return 2
    with launch.installation(options.data_dir):
        with Console(stderr=True).status("Tables et communes françaises…"):
            _prepare(options.data_dir)
        from essaim.site import founding

        if founding.is_founded():
            launch.say("Cette installation a déjà sa coopérative. La suite : ./essaim run")
            return 1
        try:
            answers = {q.name: "" for q in QUESTIONS}
            for question in QUESTIONS:
                if not question.only_with or answers[question.only_with]:
                    given = getattr(options, question.name)
                    answers[question.name] = _answer(question, given, is_asking=is_asking)
            choice = _territory(options.territory, is_asking=is_asking)
            return _found(options, answers, choice)
        except founding.BadAnswer as problem:
            launch.say(str(problem))
            return 2


def _prepare(data_dir: Path) -> None:
    launch.prepare(data_dir)
    from essaim.core.territories.actions import load_communes

    load_communes()


def _answer(question: Question, given: str | None, *, is_asking: bool) -> str:
    """Return the answer of the flag, else of the person, else the default."""
    from essaim.site import founding

    read: Reader = getattr(founding, question.reader)
    if given is not None:
        return read(given) if given or question.default is None else question.default
    if not is_asking:
        return question.default or ""
    prompt = question.text + (f" [{question.default}]" if question.default else "") + " : "
    for _ in range(TRIES_MAX):
        typed = (getpass.getpass(prompt) if question.is_secret else input(prompt)).strip()
        if not typed and question.default is not None:
            return question.default
        try:
            return read(typed)
        except founding.BadAnswer as problem:
            launch.say(f"  {problem}")
    raise founding.BadAnswer("Trop d’essais : rien n’a été enregistré.")


def _territory(given: str | None, *, is_asking: bool) -> "Choice":
    from essaim.site import founding

    text = given or ""
    for _ in range(TRIES_MAX):
        if not text and is_asking:
            text = input("Votre territoire : intercommunalité ou commune (nom, code postal) : ")
        found = founding.choices_of_territory(text) if text.strip() else []
        exact = [c for c in found if text.strip() in {c.epci_code, c.commune_code, c.name}]
        if len(found) == 1 or exact:
            return (exact or found)[0]
        if not is_asking:
            break
        if chosen := _chosen(found):
            return chosen
        text = ""
    names = " ; ".join(choice.label for choice in found[:TRIES_MAX])
    raise founding.BadAnswer(
        f"Territoire à préciser, parmi : {names}." if names else f"Aucun territoire : {text!r}."
    )


def _chosen(found: "list[Choice]") -> "Choice | None":
    """Show numbered choices; return the one typed, None to search again."""
    if not found:
        launch.say("  Rien à ce nom.")
        return None
    for number, choice in enumerate(found, start=1):
        launch.say(f"  {number:>2}. {choice.label}")
    typed = input("Le numéro (vide pour chercher encore) : ").strip()
    is_known = typed.isdigit() and 1 <= int(typed) <= len(found)
    return found[int(typed) - 1] if is_known else None


def _found(options: argparse.Namespace, answers: dict[str, str], choice: "Choice") -> int:
    from essaim.kernel import clock
    from essaim.kernel.errors import RuleBroken
    from essaim.site import actions, founding
    from essaim.web.refusals import sentence_of

    try:
        founder = actions.found(
            name=answers["name"],
            siren=answers["siren"],
            territory=choice,
            territory_name=options.territory_name or choice.name,
            founder_name=answers["admin_name"],
            founder_email=answers["admin_email"],
            now=clock.now(),
        )
    except RuleBroken as refusal:
        launch.say(sentence_of(refusal))
        return 1
    kept = env.keep(options.data_dir, founding.settings_of(answers))
    launch.say(f"\n{answers['name']} est prête, sur le territoire « {choice.name} ».")
    launch.say(f"  Réglages : {kept}")
    launch.say("  La suite : ./essaim run")
    launch.say(
        "  Puis choisissez votre mot de passe avec ce lien (il sert une fois, trois jours) :"
    )
    launch.say(f"  {founding.first_sign_in_link(founder, answers['base_url'])}")
    return 0
