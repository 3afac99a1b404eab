"""What is played: notes, touch and pitch of the current melody, and the shelf of the next ones."""
