"""The parent process: starts, watches, restarts and stops the others, and writes the files."""
