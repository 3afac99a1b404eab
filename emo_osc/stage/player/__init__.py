"""What is played: notes, touch and pitch of the sounding melody, and the shelf of the next ones."""
