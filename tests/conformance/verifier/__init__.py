"""An independent verifier of everything that a Hedgerow server serves.

Written from docs/PROTOCOL.md, the .proto files and the test vectors alone. It shares no code with
the Rust programs.
"""
