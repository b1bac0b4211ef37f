"""The checks: of the verifier by the test vectors, and of the real programs."""
