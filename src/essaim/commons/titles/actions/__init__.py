"""Titles issued, cancelled, paid back; their interest, once a year."""

from essaim.commons.titles.actions.books import debt
from essaim.commons.titles.actions.register import cancel_title, issue_title, repay_title
from essaim.commons.titles.actions.years import post_interest

__all__ = ["cancel_title", "debt", "issue_title", "post_interest", "repay_title"]
