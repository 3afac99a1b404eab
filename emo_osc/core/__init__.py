"""Pure values and rules that every room may import. No I/O."""
