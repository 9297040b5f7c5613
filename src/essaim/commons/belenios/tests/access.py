"""Who may open the pages of a vote on Belenios; the matrix reads it and tries every role."""

from essaim.commons.assembly.models import GeneralAssembly

ACCESS = {"belenios": "belenios:vote belenios:files | board"}


def things(people):
    """Return what the addresses ask for, by name: the secret vote of the meeting that is over."""
    held = GeneralAssembly.objects.get(state=GeneralAssembly.State.CLOSED)
    vote = {"assembly_id": held.public_id, "position": 1}
    return {"belenios:vote": vote, "belenios:files": vote}
