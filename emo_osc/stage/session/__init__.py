"""Events to effects: commands, replies, pushes and orders. Knows no socket and no clock."""
