"""Who may open the desk of assemblies; the matrix reads it and tries every role."""

from essaim.commons.assembly.tests.access import sitting
from essaim.commons.cooperative.models import Register
from essaim.commons.secretariat import codes
from essaim.commons.secretariat.rules import presence_codes

ACCESS = {
    "desk": """
secretariat:desk secretariat:assembly secretariat:change           | board
secretariat:add secretariat:point secretariat:order secretariat:files | board
secretariat:arrive                                                 | buyer producer board
secretariat:screen secretariat:door                                | board
secretariat:presence secretariat:vote secretariat:vote_on_amendment | board
""",
}


def things(people):
    """Return what the addresses ask for, by name: one meeting under way."""
    del people
    register = Register.objects.get()
    assembly, _motion = sitting(register, register.associates.get(number=1), is_secret=False)
    one = {"assembly_id": assembly.public_id}
    point = {**one, "position": 1}
    return {
        "secretariat:assembly": one,
        "secretariat:change": one,
        "secretariat:add": {**one, "what": "motion"},
        "secretariat:point": point,
        "secretariat:order": point,
        "secretariat:files": point,
        "secretariat:presence": one,
        "secretariat:arrive": {**one, "code": codes.code_of(assembly, presence_codes.PRINTED)},
        "secretariat:screen": one,
        "secretariat:door": one,
        "secretariat:vote": point,
        "secretariat:vote_on_amendment": {**one, "position": 2, "amendment": 1},
    }
