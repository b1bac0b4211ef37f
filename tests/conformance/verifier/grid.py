"""The grid of neighbourhoods: cells of 0.01° latitude × 0.016° longitude."""

HEIGHT_E7 = 100_000
WIDTH_E7 = 160_000
MAX_LATITUDE_E7 = 900_000_000
MAX_LONGITUDE_E7 = 1_800_000_000


def in_range(latitude_e7: int, longitude_e7: int) -> bool:
    """Returns whether a point is on Earth."""
    return abs(latitude_e7) <= MAX_LATITUDE_E7 and abs(longitude_e7) <= MAX_LONGITUDE_E7


def _centre(value: int, size: int, maximum: int) -> int:
    # The pole and the antimeridian belong to the last cell before them, whose centre is in range.
    return min(value // size, (maximum - 1) // size) * size + size // 2


def cell_centre(latitude_e7: int, longitude_e7: int) -> tuple[int, int]:
    """Returns the centre of the cell that contains a point.

    Cells are counted from (0, 0) by floor division, also south and west of it.
    """
    return (
        _centre(latitude_e7, HEIGHT_E7, MAX_LATITUDE_E7),
        _centre(longitude_e7, WIDTH_E7, MAX_LONGITUDE_E7),
    )


def is_centre(latitude_e7: int, longitude_e7: int) -> bool:
    """Returns whether a point is the centre of its cell."""
    return cell_centre(latitude_e7, longitude_e7) == (latitude_e7, longitude_e7)
