"""Records that every receiver must refuse or keep: the table "Checks of nodes and receivers"."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from google.protobuf.message import Message
from hedgerow.v1 import (
    commitment_pb2,
    contact_pb2,
    event_pb2,
    listing_pb2,
    place_pb2,
    record_pb2,
    vouch_pb2,
)

from publisher import samples
from publisher.group import Group
from verifier import gazetteer

EXACT = place_pb2.PRECISION_EXACT
NEIGHBOURHOOD = place_pb2.PRECISION_NEIGHBOURHOOD
TOWN = place_pb2.PRECISION_TOWN
REGION = place_pb2.PRECISION_REGION
HIDDEN = place_pb2.PRECISION_HIDDEN

LEEDS = 2_644_688
UNKNOWN_TOWN = 4_294_967_295


@dataclass(frozen=True)
class Rule:
    """A record, and the reason for which a receiver refuses it; empty if it keeps it."""

    title: str
    reason: str
    put: Callable[[Group], tuple[str, str]]


def _put(collection: str, body: Message | bytes, **fields: object) -> Callable:
    def put(group: Group) -> tuple[str, str]:
        return (collection, group.put(collection, body, **fields))

    return put


def _with_place(**fields: object) -> Callable:
    body = samples.listing("A group")
    body.places.append(place_pb2.Place(**fields))
    return _put("listing", body)


def _point(latitude_e7: int, longitude_e7: int) -> place_pb2.Point:
    return place_pb2.Point(latitude_e7=latitude_e7, longitude_e7=longitude_e7)


def places() -> Iterator[Rule]:
    """Yields rules about places."""
    leeds = _point(*gazetteer.towns()[LEEDS].point)
    off = _point(leeds.latitude_e7 + 1, leeds.longitude_e7)
    beyond = _point(900_000_001, 0)
    centre = _point(537_950_000, -15_440_000)
    yield Rule("exact", "", _with_place(precision=EXACT, point=off, street="1 High Street"))
    yield Rule("no precision", "precision_missing", _with_place(name="Leeds"))
    yield Rule(
        "exact beyond the pole", "point_out_of_range", _with_place(precision=1, point=beyond)
    )
    yield Rule("a centre", "", _with_place(precision=NEIGHBOURHOOD, point=centre, name="Here"))
    yield Rule("no centre", "point_off_grid", _with_place(precision=NEIGHBOURHOOD, point=off))
    town = {"precision": TOWN, "name": "Leeds"}
    yield Rule("a town", "", _with_place(**town, geonames_id=LEEDS, point=leeds))
    yield Rule("a town without a point", "", _with_place(**town, geonames_id=LEEDS))
    yield Rule(
        "a town at another point",
        "point_not_the_towns",
        _with_place(**town, geonames_id=LEEDS, point=off),
    )
    yield Rule("a town without an id", "town_without_id", _with_place(**town))
    yield Rule("an unknown town", "", _with_place(**town, geonames_id=UNKNOWN_TOWN))
    yield Rule(
        "a point of an unknown town",
        "point_of_unknown_town",
        _with_place(**town, geonames_id=UNKNOWN_TOWN, point=leeds),
    )
    region = {"precision": REGION, "name": "Yorkshire"}
    yield Rule("a region", "", _with_place(**region))
    yield Rule("a region with a point", "region_with_point", _with_place(**region, point=leeds))
    yield Rule("hidden", "", _with_place(precision=HIDDEN))
    yield Rule(
        "hidden with a point", "hidden_place_told", _with_place(precision=HIDDEN, point=leeds)
    )
    yield Rule("hidden with a name", "hidden_place_told", _with_place(precision=HIDDEN, name="A"))
    for field, value in (("street", "1 High Street"), ("postcode", "LS1 1AA")):
        yield Rule(
            f"a {field} below exact",
            "address_below_exact",
            _with_place(**town, geonames_id=LEEDS, **{field: value}),
        )


def _catalogued(**changes: object) -> listing_pb2.Listing:
    fields = {
        "name": "A group",
        "voice": listing_pb2.VOICE_CATALOGUED,
        "roles": [listing_pb2.ROLE_SUPPORT_GROUP],
        "source": listing_pb2.Source(title="A report", recorded_year=2013),
    }
    return listing_pb2.Listing(**{**fields, **changes})


def listings() -> Iterator[Rule]:
    """Yields rules about who speaks."""
    subject = record_pb2.Subject(scheme="a-source", id="one", name="A group")
    key = {"key": "a-source.one", "subject": subject}
    itself = samples.listing("A group")
    yield Rule("no roles", "", _put("listing", listing_pb2.Listing(name="A", voice=1)))
    yield Rule("no voice", "voice_missing", _put("listing", listing_pb2.Listing(name="A")))
    yield Rule("catalogued", "", _put("listing", _catalogued(), **key))
    yield Rule("catalogued without a subject", "subject_missing", _put("listing", _catalogued()))
    yield Rule(
        "catalogued under another key",
        "subject_mismatch",
        _put("listing", _catalogued(), key="a-source.two", subject=subject),
    )
    yield Rule(
        "catalogued without a source",
        "source_missing",
        _put("listing", _catalogued(source=None), **key),
    )
    contact = contact_pb2.ContactChannel(kind=1, value="office@group.example")
    yield Rule(
        "catalogued with a contact",
        "contact_in_catalogued",
        _put("listing", _catalogued(contacts=[contact]), **key),
    )
    yield Rule("a subject of itself", "subject_unexpected", _put("listing", itself, **key))
    exact = place_pb2.Place(precision=EXACT, point=_point(537_964_801, -15_478_500))
    yield Rule(
        "catalogued at an exact place",
        "place_too_fine",
        _put("listing", _catalogued(places=[exact]), **key),
    )
    yield Rule(
        "a commitment at an exact place",
        "place_too_fine",
        _put("commitment", commitment_pb2.Commitment(title="A", areas=[exact])),
    )


def others() -> Iterator[Rule]:
    """Yields rules about events, vouches, texts and forms."""
    yield Rule("an event without a start", "", _put("event", event_pb2.Event(title="An evening")))
    other = record_pb2.GroupReference(group_id=bytes(32), name="Another")
    vouch = vouch_pb2.Vouch(subject=other, grade=vouch_pb2.VOUCH_GRADE_ENDORSED)
    yield Rule("a vouch without an expiry", "", _put("vouch", vouch))

    def itself(group: Group) -> tuple[str, str]:
        own = record_pb2.GroupReference(group_id=group.group_id, name="Itself")
        return ("vouch", group.put("vouch", vouch_pb2.Vouch(subject=own, grade=1)))

    yield Rule("a vouch for itself", "vouch_of_itself", itself)
    good = samples.listing("A group").SerializeToString()
    yield Rule("a name twice", "field_twice", _put("listing", good + b"\x0a\x01B"))
    yield Rule("an unknown field", "", _put("listing", good + b"\xa2\x7d\x01a"))
    yield Rule("an unknown kind", "", _put("a-kind", b"\x0f"))
    yield Rule("no protobuf", "body_malformed", _put("listing", b"\x0f"))
    yield Rule("a name of two lines", "line_break", _put("listing", samples.listing("A\nB")))
    yield Rule(
        "a name with an override of direction",
        "control_character",
        _put("listing", samples.listing("A\u202eB")),
    )
    yield Rule("an invisible name", "invisible_text", _put("listing", samples.listing("\u200b")))
    yield Rule(
        "a name that is too long", "too_long", _put("listing", samples.listing("A" * 5_000))
    )


def all_rules() -> Iterator[Rule]:
    """Yields every rule."""
    yield from places()
    yield from listings()
    yield from others()
