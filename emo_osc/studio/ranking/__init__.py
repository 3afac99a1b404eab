"""What melodies are ranked by beside their targets and losses."""
