"""No vector file is forgotten."""

import unittest

from checks import (
    test_receiver_rules,
    test_vector_forms,
    test_vector_logs,
    test_vector_messages,
    test_vector_trees,
    vectors,
)

# Importing these is what registers the files that they check.
CHECKS = (
    test_receiver_rules,
    test_vector_forms,
    test_vector_logs,
    test_vector_messages,
    test_vector_trees,
)


class EveryFile(unittest.TestCase):
    """No vector file is forgotten."""

    def test_every_vector_file_has_a_check(self) -> None:
        found = {path.name for path in vectors.FOLDER.glob("*.json")}
        self.assertEqual(found, vectors.CHECKED)
