"""Distances on the sphere over whole arrays, with the radius of `territories`."""

import numpy as np

from essaim.core.roads.arrays import Floats
from essaim.core.territories.rules import EARTH_RADIUS_M


def distances_m(
    lat_from: Floats | float, lng_from: Floats | float, lat_to: Floats, lng_to: Floats
) -> Floats:
    """Return great-circle distances in metres (haversine) between points in degrees."""
    south, north = np.radians(lat_from), np.radians(lat_to)
    half_lat = np.sin((north - south) / 2)
    half_lng = np.sin(np.radians(np.asarray(lng_to) - lng_from) / 2)
    square = half_lat**2 + np.cos(south) * np.cos(north) * half_lng**2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, square))))


def length_m(lat: Floats, lng: Floats) -> float:
    """Return the length of a line of points."""
    return float(distances_m(lat[:-1], lng[:-1], lat[1:], lng[1:]).sum())
