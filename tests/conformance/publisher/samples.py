"""Bodies of records to publish. All groups and places in them are invented."""

from datetime import UTC, datetime, timedelta

from hedgerow.v1 import event_pb2, listing_pb2, place_pb2, schedule_pb2


def listing(name: str, summary: str = "") -> listing_pb2.Listing:
    """Returns the listing of a support group that speaks for itself."""
    return listing_pb2.Listing(
        name=name,
        summary=summary or f"{name} meets every week.",
        voice=listing_pb2.VOICE_ITSELF,
        roles=[listing_pb2.ROLE_SUPPORT_GROUP],
    )


def event(title: str, days_ahead: int = 7) -> event_pb2.Event:
    """Returns an event of one evening, online only."""
    day = datetime.now(UTC) + timedelta(days=days_ahead)
    return event_pb2.Event(
        title=title,
        schedule=schedule_pb2.Schedule(
            start=day.strftime("%Y-%m-%dT19:00"),
            duration_minutes=90,
            time_zone="Europe/London",
        ),
        online=place_pb2.Online(available=True, only=True),
    )


def place_at(latitude_e7: int, longitude_e7: int) -> place_pb2.Place:
    """Returns a neighbourhood whose point is as given, on the grid or not."""
    return place_pb2.Place(
        precision=place_pb2.PRECISION_NEIGHBOURHOOD,
        point=place_pb2.Point(latitude_e7=latitude_e7, longitude_e7=longitude_e7),
        name="A neighbourhood",
    )
