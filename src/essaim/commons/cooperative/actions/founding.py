"""Opening the register of a cooperative, and adopting its statutes."""

from datetime import datetime

from django.db import transaction

from essaim.commons.cooperative import queries
from essaim.commons.cooperative.models import Category, College, Register, StatutesVersion
from essaim.commons.cooperative.rules.refusals import (
    CategoryInUse,
    NominalFixed,
    StatutesArePast,
    StatutesUnlawful,
)
from essaim.commons.statutes.rules import reading
from essaim.commons.statutes.rules.findings import Severity, findings
from essaim.commons.statutes.rules.statutes import Statutes
from essaim.core.members.models import Member, Organisation
from essaim.core.territories.models import Territory


@transaction.atomic
def open_register(*, organisation: Organisation, territory: Territory, now: datetime) -> Register:
    """Return the register of a cooperative, opened when it does not exist yet."""
    register, _ = Register.objects.get_or_create(
        organisation=organisation, defaults={"territory": territory, "opened_at": now}
    )
    return register


@transaction.atomic
def adopt_statutes(
    *,
    register: Register,
    text: str,
    effective_at: datetime,
    adopted_by: str,
    by: Member | None,
    now: datetime,
) -> StatutesVersion:
    """Write a version of the statutes, which takes effect at an instant; nothing is rewritten.

    Args:
        text: TOML, see `rules.reading`.
        adopted_by: the decision, as members will read it.

    Raises:
        StatutesUnreadable: the text has a slip; `details` says where.
        StatutesUnlawful: the check blocks; `details` has the count.
        StatutesArePast: they would take effect before now, or before a version already adopted.
        CategoryInUse: associates belong to a category or college that the text forgets.
        NominalFixed: shares exist at another value.
    """
    statutes = reading.from_toml(text)
    register = lock(register)
    day = effective_at.date()
    blocking = [one for one in findings(statutes, day) if one.severity is Severity.BLOCK]
    if blocking:
        raise StatutesUnlawful(count=len(blocking))
    last = register.statutes.order_by("-version").first()
    if effective_at < now or (last is not None and effective_at <= last.effective_at):
        raise StatutesArePast
    _check_kept(register, statutes, now)
    for category in statutes.categories:
        Category.objects.update_or_create(
            register=register,
            code=category.code,
            defaults={"label": category.label, "role": category.role.value},
        )
    for college in statutes.colleges:
        College.objects.update_or_create(
            register=register, code=college.code, defaults={"label": college.label}
        )
    return StatutesVersion.objects.create(
        register=register,
        version=1 if last is None else last.version + 1,
        text=text,
        effective_at=effective_at,
        adopted_by=adopted_by,
        recorded_at=now,
        recorded_by=by,
    )


def lock(register: Register) -> Register:
    """Lock a register: what changes its shares goes one at a time."""
    return (
        Register.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=register.pk)
    )


def _check_kept(register: Register, statutes: Statutes, now: datetime) -> None:
    nominals = register.movements.order_by("-number").values_list("nominal_cents", flat=True)
    current = nominals.first()
    if current is not None and current != statutes.capital.nominal_cents:
        raise NominalFixed(nominal_cents=current)
    held = queries.totals(register, at=now)
    kept = {category.code for category in statutes.categories}
    for category in register.categories.exclude(code__in=kept).order_by("code"):
        if held.associates.get(category.code):
            raise CategoryInUse(label=category.label)
    remaining = {college.code for college in statutes.colleges}
    for college in register.colleges.exclude(code__in=remaining).order_by("code"):
        if statutes.colleges and held.colleges.get(college.code):
            raise CategoryInUse(label=college.label)
