"""Choosing a commune by its name or postcode, without JavaScript."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from essaim.core.territories import queries, rules
from essaim.core.territories.models import Commune


class PositionField(forms.CharField):
    """A text field that cleans to a `Position`, or None when it is optional and empty."""

    default_error_messages = {
        "position": _("Write two numbers as a map gives them: 50.6262, 3.0494."),
    }

    def __init__(self, *, max_length: int = 60, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def clean(self, value: Any) -> rules.Position | None:
        """Return the point; a value that is already one, as an initial value is, stays."""
        text = super().clean(value)
        found = rules.read_position(text) if text else None
        if text and found is None:
            raise ValidationError(self.error_messages["position"], code="position")
        return found

    def prepare_value(self, value: Any) -> Any:
        return f"{value.lat}, {value.lng}" if isinstance(value, rules.Position) else value


class CommuneField(forms.CharField):
    """A text field that cleans to a `Commune`: `Lille`, `59000`, `59000 Lille` or `59350`.

    When several communes fit, the error names them as `Name (code)` to choose from.
    """

    default_error_messages = {
        "unknown": _("No commune is called “%(text)s”."),
        "several": _("Several communes fit: %(names)s. Type the code of the right one."),
    }

    def __init__(self, *, max_length: int = 80, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def clean(self, value: Any) -> Commune | None:
        """Return the one commune that fits, or None when the field is optional and empty."""
        text = super().clean(value)
        if not text:
            return None
        found = self._fitting(text)
        if not found:
            raise ValidationError(
                self.error_messages["unknown"], code="unknown", params={"text": text}
            )
        if len(found) > 1:
            names = ", ".join(f"{commune.name} ({commune.code})" for commune in found)
            raise ValidationError(
                self.error_messages["several"], code="several", params={"names": names}
            )
        return found[0]

    def _fitting(self, text: str) -> list[Commune]:
        words = rules.plain(text).split()
        numbers = {word for word in words if word.isdigit() and len(word) == 5}
        name = " ".join(word for word in words if word not in numbers)
        found = queries.communes_matching(name or text)
        if numbers:
            by_postcode = [commune for commune in found if numbers & set(commune.postcodes)]
            found = by_postcode or [commune for commune in found if commune.code in numbers]
        exact = [commune for commune in found if rules.plain(commune.name) == name]
        return exact or found
