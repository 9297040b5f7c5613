"""What cannot be read as statutes."""

from essaim.kernel.errors import N_, BadInput


class StatutesUnreadable(BadInput):
    code = "statutes.unreadable"
    sentence = N_("These statutes cannot be read: {where}.")
