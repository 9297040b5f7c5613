"""Requests, shares and departures: the arithmetic of the register. Pure."""
