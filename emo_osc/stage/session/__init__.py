"""Commands and replies: what clients ask and what they are answered. Knows no socket and no clock."""
