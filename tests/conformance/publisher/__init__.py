"""A small publishing node: keys, records and heads, pushed to aggregators or served to them."""
