"""What somebody reads on a paper form, typed line by line."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from essaim.commons.assembly.models import Motion
from essaim.commons.assembly.rules.elections import Method
from essaim.commons.postal import actions, wording
from essaim.commons.postal.queries import sheet_of


class ReadingForm(forms.Form):
    """Each line of the paper, in its order; nothing is chosen beforehand."""

    def __init__(self, *args: Any, votes: list[Motion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.votes = votes
        for motion in votes:
            is_motion = motion.method == Method.MOTION
            marks = wording.marks_of(sheet_of(motion))
            for line, name in wording.names_of(motion):
                self.fields[line] = forms.ChoiceField(
                    label=name, widget=forms.RadioSelect if is_motion else forms.Select,
                    choices=marks if is_motion else [("", _("What stands there?")), *marks],
                )  # fmt: skip
        if any(motion.method == Method.MOTION for motion in votes):
            self.fields[actions.AMENDED] = forms.ChoiceField(
                label=_("If the text is amended in session"), widget=forms.RadioSelect,
                choices=[("abstain", _("Abstention, or no cross")), ("same", _("My choice holds"))],
            )  # fmt: skip

    @property
    def parts(self) -> list[tuple[Motion | None, list[BoundField]]]:
        """The lines as the paper groups them: an election with its names, other lines alone."""
        found: list[tuple[Motion | None, list[BoundField]]] = []
        for motion in self.votes:
            bound = [self[line] for line in sheet_of(motion).lines]
            found.append((None if motion.method == Method.MOTION else motion, bound))
        last = [(None, [self[actions.AMENDED]])] if actions.AMENDED in self.fields else []
        return [*found, *last]
