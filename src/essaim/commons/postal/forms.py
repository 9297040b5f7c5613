"""What somebody reads on a paper form, typed line by line."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from essaim.commons.assembly import wording
from essaim.commons.assembly.models import Motion
from essaim.commons.postal import actions, rules


class ReadingForm(forms.Form):
    """One line for each motion; nothing is chosen beforehand."""

    def __init__(self, *args: Any, motions: list[Motion], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(code, _(wording.CHOICES[code])) for code in rules.CHOICES]
        choices[-1] = (choices[-1][0], _("No cross"))
        for motion in motions:
            self.fields[str(motion.item.position)] = forms.ChoiceField(
                label=f"{motion.item.position}. {motion.item.title}", choices=choices,
                widget=forms.RadioSelect,
            )  # fmt: skip
        self.fields[actions.AMENDED] = forms.ChoiceField(
            label=_("If the text is amended in session"), widget=forms.RadioSelect,
            choices=[("abstain", _("Abstention, or no cross")), ("same", _("My choice holds"))],
        )  # fmt: skip
