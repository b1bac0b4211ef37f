"""The verdicts of the verifier on text forms, places, signatures, envelopes and phrases."""

import unittest

from checks import vectors
from checks.vectors import Vector, unhex, verdict_of
from verifier import ed25519, envelopes, forms, gazetteer, grid, phrases


@vectors.each("ids.json")
class Ids(unittest.TestCase):
    """Ids, views, collections, keys and addresses as text."""

    READERS = {
        "id": forms.parse_id,
        "view": forms.requested_view,
        "collection": forms.check_collection,
        "key": forms.check_key,
        "address": forms.parse_address,
    }

    def check(self, vector: Vector) -> None:
        read = self.READERS[vector["form"]]
        verdict, _ = verdict_of(lambda: read(vector["text"]))
        self.assertEqual(verdict, vector["verdict"], vector["text"])


@vectors.each("addresses.json")
class Addresses(unittest.TestCase):
    """Addresses as text and in heads, and which of them are the same."""

    def read(self, vector: Vector) -> forms.Address:
        """Reads an address in the form of the vector."""
        if vector["form"] == "text":
            return forms.parse_address(vector["text"])
        pin = bytes.fromhex(vector.get("spki_sha256", ""))
        return forms.parse_endpoint(vector["text"], pin)

    def check(self, vector: Vector) -> None:
        verdict, address = verdict_of(lambda: self.read(vector))
        self.assertEqual(verdict, vector["verdict"])
        self.assertEqual(address.canonical if address else "", vector["canonical"])


@vectors.each("places.json")
class Places(unittest.TestCase):
    """The grid of neighbourhoods, and the gazetteer."""

    def check(self, vector: Vector) -> None:
        getattr(self, f"check_{vector['form']}")(vector)

    def check_gazetteer(self, vector: Vector) -> None:
        found = (gazetteer.VERSION, len(gazetteer.towns()), gazetteer.sha256())
        self.assertEqual(found, (vector["version"], vector["places"], vector["sha256"]))

    def check_grid(self, vector: Vector) -> None:
        point = vector["point"]
        self.assertEqual(grid.in_range(*point), vector["in_range"])
        if not vector["in_range"]:
            self.assertIsNone(vector["centre"])
            return
        self.assertEqual(list(grid.cell_centre(*point)), vector["centre"])
        self.assertEqual(grid.is_centre(*point), vector["on_grid"])

    def check_nearest(self, vector: Vector) -> None:
        centre = grid.cell_centre(*vector["point"])
        self.assertEqual(list(centre), vector["centre"])
        town = gazetteer.nearest(centre)
        self.assertEqual(town.geonames_id if town else 0, vector["geonames_id"])
        self.assertEqual(town.population if town else None, vector["population"])
        self.assertEqual(gazetteer.becomes(town), vector["becomes"])

    def check_town(self, vector: Vector) -> None:
        town = gazetteer.towns().get(vector["geonames_id"])
        self.assertEqual(list(town.point) if town else None, vector["point"])


@vectors.each("ed25519.json")
class Signatures(unittest.TestCase):
    """Ed25519 with every edge case."""

    def check(self, vector: Vector) -> None:
        key, message, signature = unhex(
            [vector["public_key"], vector["message"], vector["signature"]]
        )
        verdict, _ = verdict_of(lambda: ed25519.verify(key, message, signature))
        self.assertEqual(verdict, vector["verdict"])


@vectors.each("envelopes.json", "envelope_forms.json")
class Envelopes(unittest.TestCase):
    """DSSE envelopes."""

    def check(self, vector: Vector) -> None:
        data, key = unhex([vector["envelope"], vector["public_key"]])
        verdict, envelope = verdict_of(lambda: envelopes.verify(data, vector["read_as"], key))
        self.assertEqual(verdict, vector["verdict"])
        if envelope:
            self.assertEqual(envelope.hash.hex(), vector["payload_hash"])


@vectors.each("phrases.json")
class Phrases(unittest.TestCase):
    """Phrases, recovery keys and commitments."""

    def check(self, vector: Vector) -> None:
        verdict, entropy = verdict_of(lambda: phrases.entropy_of(vector["words"]))
        self.assertEqual(verdict, vector["verdict"])
        if entropy is None:
            return
        self.assertEqual(entropy.hex(), vector["entropy"])
        self.assertEqual(phrases.phrase_of(entropy), vector["words"])
        for expected in vector["recovery_keys"]:
            key = phrases.recovery_key(vector["words"], expected["index"])
            self.assertEqual(key.seed.hex(), expected["seed"])
            self.assertEqual(key.public.hex(), expected["public"])
            self.assertEqual(phrases.commitment(key.public).hex(), expected["commitment"])
