"""Meetings in pure terms: days of notice, who stands for whom, whether enough people are there."""
