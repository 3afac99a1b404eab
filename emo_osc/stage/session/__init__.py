"""What clients ask and are answered. Knows no socket and no clock of its own."""
