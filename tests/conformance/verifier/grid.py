"""The grid of neighbourhoods: cells of 0.01° latitude × 0.016° longitude."""

HEIGHT_E7 = 100_000
WIDTH_E7 = 160_000


def cell_centre(latitude_e7: int, longitude_e7: int) -> tuple[int, int]:
    """Returns the centre of the cell that contains a point.

    Cells are counted from (0, 0) by floor division, also south and west of it.
    """
    row, column = latitude_e7 // HEIGHT_E7, longitude_e7 // WIDTH_E7
    return (
        row * HEIGHT_E7 + HEIGHT_E7 // 2,
        column * WIDTH_E7 + WIDTH_E7 // 2,
    )


def is_centre(latitude_e7: int, longitude_e7: int) -> bool:
    """Returns whether a point is the centre of its cell."""
    return cell_centre(latitude_e7, longitude_e7) == (latitude_e7, longitude_e7)
