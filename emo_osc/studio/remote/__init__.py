"""A studio on another machine in the place of the local one."""
