"""What Belenios needs of a vote: the question, and who votes in each college."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from essaim.commons.assembly import queries as assemblies
from essaim.commons.assembly import wording
from essaim.commons.assembly.models import GeneralAssembly, Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.belenios.rules import formats
from essaim.commons.belenios.rules.formats import Asked, Voter
from essaim.core.members.models import Membership

HOW_TO = Path(__file__).with_name("how_to.fr.txt")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Roll:
    """Who votes in a college: those who can be written to, and those who cannot."""

    code: str
    label: str
    voters: tuple[Voter, ...]
    unreachable: tuple[str, ...]

    @property
    def entitled_count(self) -> int:
        return len(self.voters) + len(self.unreachable)

    @property
    def shown(self) -> str:
        return self.label or _("All associates")


def asked_of(motion: Motion) -> Asked:
    """The question as Belenios asks it; options keep the order of the paper."""
    method = Method(motion.method)
    if method is Method.MOTION:
        codes = ("yes", "no", "abstain")
        labels = tuple(_(wording.CHOICES[code]) for code in codes)
    else:
        codes = tuple(option["code"] for option in motion.options)
        labels = tuple(option["label"] for option in motion.options)
    grades = tuple(_(grade) for grade in reversed(wording.GRADES))
    return Asked(
        method=method, title=motion.item.title, text=motion.text, codes=codes, labels=labels,
        seats_count=motion.seats_count,
        grades=grades if method is Method.MAJORITY_JUDGMENT else (),
    )  # fmt: skip


def rolls_of(assembly: GeneralAssembly) -> list[Roll]:
    """The roll of each college that has voters; a proxy is voted by who holds it (3 queries)."""
    statutes = assemblies.statutes_of(assembly)
    labels = {one.code: one.label for one in statutes.colleges}
    holders = assemblies.holders(assembly)
    managers = Membership.objects.filter(
        organisation=OuterRef("organisation"), role="manager"
    ).order_by("pk")
    people = assemblies.entitled_at(assembly).annotate(
        manager_email=Subquery(managers.values("member__email")[:1])
    )
    rows = list(
        people.values_list(
            "pk", "number", "college__code", "member__email", "organisation__email",
            "manager_email", "member__display_name", "organisation__name",
        )
    )  # fmt: skip
    addresses = {pk: own or manager or house or "" for pk, _n, _c, own, house, manager, *_ in rows}
    voters: dict[str, list[Voter]] = {}
    unreachable: dict[str, list[str]] = {}
    for pk, number, college, *_emails, person, house in rows:
        address = addresses.get(holders.get(pk, pk), "")
        if address:
            voters.setdefault(college or "", []).append(Voter(address, str(number)))
        else:
            unreachable.setdefault(college or "", []).append(f"{number} {person or house}")
    codes = [code for code in (*labels, "") if code in voters or code in unreachable]
    return [
        Roll(code, labels.get(code, ""), tuple(voters.get(code, ())),
             tuple(unreachable.get(code, ())))
        for code in codes
    ]  # fmt: skip


def archive(motion: Motion) -> bytes:
    """One folder by college, and how to use them; the same vote gives the same bytes."""
    asked, written = asked_of(motion), io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as files:
        for roll in rolls_of(motion.item.assembly):
            folder = roll.code or "tous"
            files.writestr(_entry(f"{folder}/election.json"), formats.template(asked, roll.label))
            files.writestr(_entry(f"{folder}/voters.txt"), formats.voters_file(roll.voters))
            if roll.unreachable:
                names = "".join(f"{one}\n" for one in roll.unreachable)
                files.writestr(_entry(f"{folder}/sans-adresse.txt"), names)
        files.writestr(_entry("MODE-D-EMPLOI.txt"), HOW_TO.read_text(encoding="utf-8"))
    return written.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, FIRST_DAY)
